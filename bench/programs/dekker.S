/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dekker: Dekker's lock for two threads, all accesses sequentially consistent. Two rounds; a thread
 * looks at most twice whether the other wants to enter too, and if it is the other's turn, steps back
 * and looks at most twice for its own; it gives up for good if that does not come.
 */
#include "bench/programs/program.h"

#define FLAG VARIABLE(0)
#define TURN VARIABLE(2)
#define X VARIABLE(3)
#define ROUNDS 2

program dekker
    mov     %edi, %esi
    xor     $1, %esi            /* the other thread */
    lea     1(%rdi), %r8d       /* what this one writes in the critical section */
    mov     $ROUNDS, %ebp
round:
    mov     $1, %eax
    xchg    %eax, FLAG(,%rdi,8)
    mov     $ROUNDS, %ebx
look:
    mov     FLAG(,%rsi,8), %eax
    test    %eax, %eax
    jz      enter
    mov     TURN, %eax
    cmp     %edi, %eax
    je      again
    xor     %eax, %eax          /* step back */
    xchg    %eax, FLAG(,%rdi,8)
    mov     $ROUNDS, %ecx
1:  mov     TURN, %eax
    cmp     %edi, %eax
    je      my_turn
    dec     %ecx
    jnz     1b
    hlt
my_turn:
    mov     $1, %eax
    xchg    %eax, FLAG(,%rdi,8)
again:
    dec     %ebx
    jnz     look
    hlt
enter:
    mov     %r8d, %eax
    xchg    %eax, X
    mov     X, %eax
    cmp     %r8d, %eax
    jne     broken
    mov     %esi, %eax
    xchg    %eax, TURN
    xor     %eax, %eax
    xchg    %eax, FLAG(,%rdi,8)
    dec     %ebp
    jnz     round
    hlt
broken:
    ud2
program_end dekker
