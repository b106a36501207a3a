/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seql-R-W: a sequence lock. Thread 0 updates two variables W times, R others read them once; a
 * reader that does not see the same even number before and behind stops, by assumption.
 */
#include "bench/programs/program.h"

#define SEQ VARIABLE(0)
#define A VARIABLE(1)
#define B VARIABLE(2)

program seql                    /* RSI: R; RDX: W; R + 1 threads */
    test    %edi, %edi
    jz      writer
    mov     SEQ, %eax
    test    $1, %al
    jnz     changes
    mov     A, %ebx
    mov     B, %ecx
    mov     SEQ, %ebp
    cmp     %eax, %ebp
    jne     changes
    cmp     %ebx, %ecx
    jne     broken
    hlt
writer:
    xor     %ecx, %ecx          /* 2 * round */
    xor     %ebx, %ebx          /* round */
1:  inc     %ebx
    inc     %ecx
    mov     %ecx, SEQ
    mov     %ebx, A
    mov     %ebx, B
    inc     %ecx
    mov     %ecx, SEQ
    cmp     %edx, %ebx
    jb      1b
    hlt
changes:
    assumption_fails
broken:
    ud2
program_end seql
