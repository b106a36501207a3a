/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exploring programs with interrupts. */
#ifndef TESTS_SUPPORT_INTERRUPTS_H
#define TESTS_SUPPORT_INTERRUPTS_H

#include "lapic/program.h"
#include "tests/support/states.h"

/* Words of a state: the variables with both counters, then R8 and R9 of each core. */
enum { INTERRUPT_VARIABLES = 4 };
static inline unsigned state_word(unsigned core, unsigned reg)
{
    assert(reg == 8 || reg == 9);
    return INTERRUPT_VARIABLES + 2 * core + reg - 8;
}

/* Explores with interrupts at `every` boundary or only where they matter. False if there are more
 * executions than the limit, or another bound was touched. */
bool interrupts_explore(struct program *, enum algorithm, bool every, unsigned limit,
                        struct state_set *);

/* A message of core 1 to core 0 that arrives at once: APIC_FIXED, APIC_NMI. */
void interrupt_arrives(struct machine *, unsigned kind, unsigned vector);

#endif
