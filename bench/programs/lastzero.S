/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lastzero-N (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017): writer j sets element j to one more
 * than element j - 1, sequentially consistent; the reader, thread 0, looks for the last zero from
 * the end.
 */
#include "bench/programs/program.h"

#define ARRAY VARIABLE(0)

program lastzero                /* RSI: N; N + 1 threads */
    test    %edi, %edi
    jz      reader
    mov     ARRAY - 8(,%rdi,8), %eax
    inc     %eax
    xchg    %eax, ARRAY(,%rdi,8)
    hlt
reader:
    mov     ARRAY(,%rsi,8), %eax
    dec     %esi
    test    %eax, %eax
    jnz     reader
    hlt
program_end lastzero
