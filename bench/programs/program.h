/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benchmark programs share. Each is a range of bytes without an address of its own, between
 * the symbols bench_NAME and bench_NAME_end, that is copied into the memory of a machine; it is never
 * executed here. All threads run the same bytes.
 *
 *     on entry    RDI thread, from 0; RSI and RDX the parameters of the program; other registers 0
 *     at the end  hlt; R15 = 1 if the thread stopped at an assumption that did not hold
 *     ud2         an assertion of the program does not hold
 *
 * A store that C calls sequentially consistent is an xchg, as compilers make it: write and fence in
 * one step.
 */
#ifndef BENCH_PROGRAMS_PROGRAM_H
#define BENCH_PROGRAMS_PROGRAM_H

/* PROGRAM_BASE + PROGRAM_DATA of cpu/program.h, as the assembler takes it: negative. */
#define BENCH_VARIABLES (-0x7fff8000)

#ifdef __ASSEMBLER__

#define VARIABLE(n) (BENCH_VARIABLES + 8 * (n))

.macro program name
    .section .rodata
    .globl bench_\name
bench_\name:
.endm

.macro program_end name
    .globl bench_\name\()_end
bench_\name\()_end:
    .section .note.GNU-stack, "", @progbits
.endm

.macro assumption_fails
    mov $1, %r15d
    hlt
.endm

#endif
#endif
