/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of mutations, for nobody else. */
#ifndef CPU_MUTATION_INTERNAL_H
#define CPU_MUTATION_INTERNAL_H

#include "cpu/mutation.h"

/* A range of code, taken apart. */
struct listing {
    const struct code_view *view;
    csh capstone;
    cs_insn *insn;
    size_t count;
    struct mutation_list *found;
};

/* Registers, a bit each: the general ones as the manuals number them, the flags, and all others as one. */
enum { REGISTER_RAX = 0, REGISTER_RSP = 4, REGISTER_FLAGS = 16, REGISTER_OTHER = 17 };

/* What an instruction reads and writes; of its memory operand only the address. */
struct effects {
    uint32_t reads, writes;
    uint32_t address; /* of `reads`: those that the address is made of */
};

struct effects effects_of(const struct listing *, const cs_insn *);

/* The one operand in memory; NULL: none. LEA and NOP have none. */
const cs_x86_op *memory_operand(const cs_insn *);

bool is_fence(const cs_insn *);    /* whatever it is made of */
bool is_branch(const cs_insn *);   /* conditional, with flags */
bool is_transfer(const cs_insn *); /* of control: a call, a return, any jump */

/* How the instruction touched shared memory: TOUCHED_*. */
unsigned touches(const struct listing *, const cs_insn *);

/* Does a branch of the listing lead there? */
bool is_target(const struct listing *, uint64_t address);

/* A new mutation at the end of the list, of `count` instructions from `first`; `new` is still as `old`. NULL: it would be too
 * large. */
struct mutation *mutation_add(const struct listing *, enum mutation_kind, size_t first, size_t count);

void put_nops(uint8_t *, unsigned size);

/* mutation_checks.c, mutation_swaps.c */
void find_check(const struct listing *, size_t index);
void find_swap(const struct listing *, size_t index);

#endif
