/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exploring programs with interrupts. */
#ifndef TESTS_SUPPORT_INTERRUPTS_H
#define TESTS_SUPPORT_INTERRUPTS_H

#include "lapic/program.h"
#include "tests/support/states.h"

enum { INTERRUPT_VARIABLES = 3 }; /* with that one: the first words of a state, then R8 and R9 */

/* Explores with interrupts at `every` boundary or only where they matter: the final states and, if
 * not NULL, the findings_mask(). False if a bound was touched: the program is too large for DFS. */
bool interrupts_explore(struct program *, enum algorithm, bool every, struct state_set *,
                        unsigned *found);

#endif
