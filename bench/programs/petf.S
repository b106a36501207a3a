/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * petf-ROUNDS: Peterson's lock for two threads with relaxed accesses and one fence, which is what
 * makes it correct. A thread that may not enter does not wait: it stops, by assumption.
 */
#include "bench/programs/program.h"

#define FLAG VARIABLE(0)
#define TURN VARIABLE(2)
#define IN_CS VARIABLE(3)

program petf                    /* RSI: rounds; RDX: 1 leaves the fence out */
    mov     %edi, %ebx
    xor     $1, %ebx            /* the other thread */
    lea     1(%rdi), %r8d
round:
    movl    $1, FLAG(,%rdi,8)
    mov     %ebx, TURN
    test    %edx, %edx
    jnz     1f
    mfence
1:  mov     FLAG(,%rbx,8), %eax
    test    %eax, %eax
    jz      enter
    mov     TURN, %eax
    cmp     %edi, %eax
    jne     may_not
enter:
    mov     %r8d, IN_CS
    mov     IN_CS, %eax
    cmp     %r8d, %eax
    jne     broken
    movl    $0, FLAG(,%rdi,8)
    dec     %esi
    jnz     round
    hlt
may_not:
    assumption_fails
broken:
    ud2
program_end petf
