/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of machine code that several tests want. */
#ifndef TESTS_SUPPORT_SNIPPETS_H
#define TESTS_SUPPORT_SNIPPETS_H

#include "cpu/program.h"

/* Code that clears so many registers from R8 on, so that states differ only by what is loaded. */
void code_begin(struct code *, unsigned registers);

/* A jump of two bytes back to offset `to`: JMP (EBh), JE (74h), JNE (75h). */
void code_jump_back(struct code *, uint8_t opcode, unsigned to);

/* 1: pause; mov r8d, [variable]; test r8d, r8d; je 1b */
void code_wait_until_set(struct code *, unsigned variable);

/* MSRs of 32 bits; these use RAX, RCX and RDX. What is read goes to R8. */
void code_write_msr(struct code *, uint32_t msr, uint32_t value);
void code_read_msr(struct code *, uint32_t msr);

/* A register of 32 bits in memory outside RAM; these use RAX. What is read goes to R8. */
void code_write_register(struct code *, uint64_t address, uint32_t value);
void code_read_register(struct code *, uint64_t address);

/* Markers of regions (kvm/runtime/marker.h). */
void code_enter_region(struct code *, unsigned region);
void code_leave_region(struct code *, unsigned region);

#endif
