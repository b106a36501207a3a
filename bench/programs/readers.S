/* SPDX-License-Identifier: GPL-2.0-or-later */
/* readers-N: thread 0 writes one variable, sequentially consistent; N others read it. */
#include "bench/programs/program.h"

#define X VARIABLE(0)

program readers                 /* N + 1 threads */
    test    %edi, %edi
    jz      writer
    mov     X, %eax
    hlt
writer:
    mov     $42, %eax
    xchg    %eax, X
    hlt
program_end readers
