/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random machine-code programs, small enough that plain DFS can run all their schedules. */
#ifndef TESTS_SUPPORT_RANDOM_PROGRAMS_H
#define TESTS_SUPPORT_RANDOM_PROGRAMS_H

#include "lapic/program.h"
#include "tests/support/states.h"

enum { RANDOM_VARIABLES = 3, RANDOM_THREADS = 3 };

/* How often each access is drawn, in relation to the others. */
struct access_mix {
    unsigned store, load, add, xchg, lock_add;
};

/* One access to variable 0 or 1. Loads end in R8 and R9 by turns: `reg` counts them. */
void random_access(struct random *, const struct access_mix *, struct code *, unsigned *reg);

/* Three loads, stores and exchanges on variables 0 and 1, between clearing R8 and R9 and the end. */
void random_short_thread(struct random *, struct code *);

/* Loads, stores, locked operations and fences on RANDOM_VARIABLES; registers R8 to R11. */
void random_threads(struct random *, unsigned threads, struct code *);

/* The same on two quadwords with accesses of 1, 2, 4 and 8 bytes at any offset: they overlap in
 * part, and cross from the one to the other. Registers R8 and R9. */
void random_overlaps(struct random *, struct code code[2]);

/* Core 0 is interrupted; core 1 sends one or two IPIs among its accesses. Two variables, and the
 * handlers' counter; registers R8 and R9. */
void random_interrupted(struct random *, struct code code[2]);

/* Core 0 is interrupted and uses its APIC, core 1 sends and passes through region 1, for invariants
 * that look at what is pending or in service at core 0 as the region is left. */
void random_observed(struct random *, struct code code[2]);

/* An event to look at: a region around a step that touches the core's own APIC alone. Uses EAX, ECX
 * and EDX. */
void code_region(struct code *, unsigned region);

#endif
