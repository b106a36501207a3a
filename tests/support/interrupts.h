/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small programs with interrupts: an x2APIC a core, one IDT, handlers from machine code. */
#ifndef TESTS_SUPPORT_INTERRUPTS_H
#define TESTS_SUPPORT_INTERRUPTS_H

#include "lapic/lapic.h"
#include "tests/support/states.h"

enum { INTERRUPT_LOW = 0x41, INTERRUPT_HIGH = 0x52 }; /* vectors with a handler */
enum { INTERRUPT_COUNTER = 2 }; /* the variable in which handlers count */
enum { INTERRUPT_VARIABLES = 3 }; /* with that one: the first words of a state, then R8 and R9 */

void code_cli(struct code *);
void code_sti(struct code *);
void code_idle(struct code *); /* sti; hlt, again and again: takes interrupts to the end */

/* Sends a fixed IPI through the ICR; uses RAX, RCX and RDX. */
void code_send(struct code *, unsigned vector, unsigned target);

/* A handler: counts, does `body`, ends its interrupt, returns; keeps RAX, RCX, RDX. */
void code_handler(struct code *, const struct code *body);

/* Gives an opened program its APICs and IDT; the handlers run on a stack of their own. */
struct lapic *interrupts_enable(struct program *, const struct code *low, const struct code *high);

/* Explores with interrupts at `every` boundary or only where they matter: the final states and, if
 * not NULL, the findings_mask(). False if a bound was touched: the program is too large for DFS. */
bool interrupts_explore(struct program *, enum algorithm, bool every, struct state_set *,
                        unsigned *found);

#endif
