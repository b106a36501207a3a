/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sbn-N: store buffering in a ring of N threads. Each sets its own variable and reads its
 * neighbour's, both relaxed.
 */
#include "bench/programs/program.h"

#define X VARIABLE(0)
#define R VARIABLE(32)

program sbn                     /* RSI: N */
    movl    $1, X(,%rdi,8)
    lea     1(%rdi), %eax
    cmp     %esi, %eax
    jb      1f
    xor     %eax, %eax
1:  mov     X(,%rax,8), %ecx
    mov     %ecx, R(,%rdi,8)
    hlt
program_end sbn
