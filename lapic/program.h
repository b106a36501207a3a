/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small programs (cpu/program.h) with interrupts: an x2APIC a core, one IDT, handlers from machine
 * code. For benchmarks and tests.
 */
#ifndef LAPIC_PROGRAM_H
#define LAPIC_PROGRAM_H

#include "cpu/program.h"
#include "lapic/lapic.h"

enum { INTERRUPT_LOW = 0x41, INTERRUPT_HIGH = 0x52 }; /* vectors with a handler */
enum { INTERRUPT_COUNTER = 2 }; /* the variable in which handlers count */

void code_cli(struct code *);
void code_sti(struct code *);
void code_idle(struct code *); /* sti; hlt, again and again: takes interrupts to the end */

/* Sends a fixed IPI through the ICR; uses RAX, RCX and RDX. */
void code_send(struct code *, unsigned vector, unsigned target);

/* A handler: counts, does `body`, ends its interrupt, returns; keeps RAX, RCX, RDX. */
void code_handler(struct code *, const struct code *body);

/* Gives an opened program its APICs and IDT; the handlers run on a stack of their own. */
struct lapic *interrupts_enable(struct program *, const struct code *low, const struct code *high);

#endif
