/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ttas-N: N threads take a test-and-test-and-set lock once each, with true spin loops. EAX and the
 * flags are as a round that finds the lock taken leaves them, so that the first such round is
 * recognised as one that changes nothing.
 */
#include "bench/programs/program.h"

#define LOCK VARIABLE(0)
#define SHARED VARIABLE(1)

program ttas
    mov     $1, %eax
    test    %eax, %eax
1:  pause
    mov     LOCK, %eax
    test    %eax, %eax
    jnz     1b
    mov     $1, %eax
    xchg    %eax, LOCK
    test    %eax, %eax
    jnz     1b
    mov     %edi, SHARED
    mov     SHARED, %eax
    cmp     %edi, %eax
    jne     broken
    movl    $0, LOCK
    hlt
broken:
    ud2
program_end ttas
