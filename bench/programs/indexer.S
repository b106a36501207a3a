/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * indexer-N: N threads put four words each into a hash table of 128 slots, by compare-and-swap on
 * the slot that the word hashes to, and on the next ones while that is taken. Up to eleven threads
 * never meet. The original makes its compare-and-swap of a mutex a slot; here it is the locked
 * instruction.
 */
#include "bench/programs/program.h"

#define TABLE VARIABLE(0)
#define SLOTS 128
#define WORDS 4

program indexer
    mov     %edi, %ebx          /* the word: 11 * m + thread, for m from 1 */
    mov     $WORDS, %ebp
word:
    add     $11, %ebx
    imul    $7, %ebx, %edx
    and     $SLOTS - 1, %edx
slot:
    xor     %eax, %eax
    lock cmpxchg %ebx, TABLE(,%rdx,8)
    jz      taken
    inc     %edx
    and     $SLOTS - 1, %edx
    jmp     slot
taken:
    dec     %ebp
    jnz     word
    hlt
program_end indexer
