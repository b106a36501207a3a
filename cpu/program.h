/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small machine-code programs: a few bytes a core, no image, no kernel. For litmus tests,
 * benchmarks and the tests of the explorer.
 * Memory is mapped at PROGRAM_BASE; a 32-bit displacement reaches all of it. Programs that hold
 * addresses in 32-bit registers have it at PROGRAM_BASE_LOW.
 */
#ifndef CPU_PROGRAM_H
#define CPU_PROGRAM_H

#include "cpu/core.h"
#include "sim/explore.h"

#define PROGRAM_BASE 0xffffffff80000000ull
#define PROGRAM_BASE_LOW 0x10000000ull

enum {
    PROGRAM_RAM = 16 << 20,
    PROGRAM_DATA = 0x8000,  /* physical address of variable 0; variables are 8 bytes apart */
    PROGRAM_STACK = 0x10000, /* top of core 0's stack; the others follow, 4 KiB apart */
    PROGRAM_CODE = 0x40000,  /* programs follow each other from here */
    PROGRAM_CODE_MAX = 2048,
};

struct code {
    uint8_t byte[PROGRAM_CODE_MAX];
    unsigned size;
};

/* Assembling. `variable` is an index; all accesses are 4 bytes wide. */
void code_bytes(struct code *, const void *bytes, unsigned size);
void code_store(struct code *, unsigned variable, uint32_t value);  /* mov dword [v], value */
void code_load(struct code *, unsigned reg, unsigned variable);     /* mov reg, dword [v] */
void code_add(struct code *, unsigned variable, uint8_t value);     /* add dword [v], value */
void code_lock_add(struct code *, unsigned variable, uint8_t value);
void code_xchg(struct code *, unsigned reg, unsigned variable);
void code_mfence(struct code *);
void code_mov(struct code *, unsigned reg, uint32_t value);
void code_mov_long(struct code *, unsigned reg, uint64_t value);
/* hlt, and again behind an NMI: cores start with interrupts off, so it is the end. */
void code_end(struct code *);

struct program {
    struct machine *m;
    struct cpu *cpu;
    uint64_t base;      /* linear address of physical 0 */
    uint32_t waiting;   /* cores that begin when a start-up message comes, a bit each */
    uint64_t next_code; /* physical: where the next program goes */
    uint64_t code_at[MACHINE_MAX_CORES]; /* where each core's code is */
};

/* Registers in code_*(): 0 to 15 as the manual numbers them (0 = RAX, 4 = RSP: not to be used). */
struct program *program_new(unsigned cores, const struct code *, enum memory_model);

/* The same in two steps, for programs that need an APIC or devices in between. */
struct program *program_open(unsigned cores, unsigned devices, enum memory_model);
struct program *program_open_at(uint64_t base, unsigned cores, unsigned devices, enum memory_model);
void program_start(struct program *, const struct code *);

/* Another program on the same machine, a code a core; memory and registers are fresh. False if
 * there is no room left. */
bool program_next(struct program *, const struct code *);

/* What memory holds when a program starts; `offset` counts bytes from variable 0. */
void program_initial(struct program *, unsigned offset, const void *bytes, unsigned size);

void program_free(struct program *);

uint32_t program_variable(const struct program *, unsigned variable);
uint64_t program_memory(const struct program *, unsigned offset, unsigned size);
uint64_t program_register(struct program *, unsigned core, unsigned reg);

/* Where a core stands, in bytes behind the start of its code. */
uint64_t program_position(const struct program *, unsigned core);

/* The instruction `offset` bytes behind the start of a core's code, as the core understands it. */
const struct insn *program_insn(struct program *, unsigned core, unsigned offset);

#endif
