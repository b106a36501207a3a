/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mutations: machine code with one thing less. What can be removed from given ranges of code, and the
 * bytes that do it; for `irqweave audit` (docs/audit.md), and for any code in memory, wherever it is from.
 *
 * A mutation goes in before a machine's cores are set up: what has been executed once stays decoded.
 */
#ifndef CPU_MUTATION_H
#define CPU_MUTATION_H

#include "cpu/core.h"

enum mutation_kind {
    MUTATION_FENCE,        /* MFENCE, LFENCE, SFENCE, or a locked operation that changes nothing, on the stack: NOPs */
    MUTATION_LOCK,         /* without LOCK; an XCHG with memory becomes a load and a store */
    MUTATION_INTERRUPTS,   /* CLI, CLGI: NOPs */
    MUTATION_CHECK_NEVER,  /* a conditional branch is never taken ... */
    MUTATION_CHECK_ALWAYS, /* ... or always */
    MUTATION_SWAP,         /* two loads or stores change places */
    MUTATION_KINDS
};

extern const char *const mutation_name[MUTATION_KINDS]; /* "fence", "lock", "cli", "never", "always", "swap" */

enum { MUTATION_SIZE_MAX = 96 };

struct mutation {
    enum mutation_kind kind;
    uint64_t address; /* linear, of the instruction it is about */
    uint64_t other;   /* fence: the last that goes too; check: where it reads what it tests; swap: the second; or 0 */
    uint64_t start;   /* what is replaced */
    unsigned size;
    uint8_t old[MUTATION_SIZE_MAX], new[MUTATION_SIZE_MAX];
    bool unlocks; /* XCHG has no form without a lock: its bytes stay, and the decoder takes it for one */
};

struct mutation_list {
    struct mutation *item;
    unsigned count, capacity;
};

struct code_range {
    uint64_t start, size; /* linear; instructions follow each other from the start */
};

/* Code in memory: `ram[0]` is at linear address `base`. `touched` as cpu.touched, or NULL: then each access of an
 * instruction counts as one to shared memory. */
struct code_view {
    const uint8_t *ram;
    uint64_t base, size;
    const uint8_t *touched;
};

/* Adds what can be removed from the range, in the order of addresses. */
void mutation_find(const struct code_view *, const struct code_range *, struct mutation_list *);

/* Changes the code, before anything has executed it. */
void mutation_apply(const struct mutation *, struct cpu *);

/* "lock@ffffffff80101234", with "-ffffffff80101238" behind it where `other` decides what is replaced. */
enum { MUTATION_KEY = 64 };
void mutation_key(const struct mutation *, char *text, size_t size);

/* Of the list, the one with that key; NULL: none. */
const struct mutation *mutation_with_key(const struct mutation_list *, const char *key);

void mutation_list_free(struct mutation_list *);

#endif
