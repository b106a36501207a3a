/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peterson: Peterson's lock for two threads, all accesses sequentially consistent. Two rounds; in each
 * a thread looks at most twice whether it may enter, and gives up for good if it may not.
 */
#include "bench/programs/program.h"

#define FLAG VARIABLE(0)
#define TURN VARIABLE(2)
#define X VARIABLE(3)
#define ROUNDS 2

program peterson
    mov     %edi, %esi
    xor     $1, %esi            /* the other thread */
    lea     1(%rdi), %r8d       /* what this one writes in the critical section */
    mov     $ROUNDS, %ebp
round:
    mov     $1, %eax
    xchg    %eax, FLAG(,%rdi,8)
    mov     %esi, %eax
    xchg    %eax, TURN
    mov     $ROUNDS, %ebx
look:
    mov     FLAG(,%rsi,8), %ecx
    mov     TURN, %edx
    cmp     $1, %ecx
    jne     enter
    cmp     %esi, %edx
    jne     enter
    dec     %ebx
    jnz     look
    hlt
enter:
    mov     %r8d, %eax
    xchg    %eax, X
    mov     X, %eax
    cmp     %r8d, %eax
    jne     broken
    xor     %eax, %eax
    xchg    %eax, FLAG(,%rdi,8)
    dec     %ebp
    jnz     round
    hlt
broken:
    ud2
program_end peterson
