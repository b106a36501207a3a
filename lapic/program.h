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
enum { INTERRUPT_COUNTER = 2, NMI_COUNTER = 3 }; /* the variables in which handlers count */
enum { SEND_NMI = 0x400 }; /* for code_send() */

void code_cli(struct code *);
void code_sti(struct code *);
void code_idle(struct code *); /* sti; hlt, again and again: takes interrupts to the end */

/* Writes the ICR: a vector sends a fixed IPI; uses RAX, RCX and RDX. */
void code_send(struct code *, unsigned vector, unsigned target);
void code_eoi(struct code *); /* ends an interrupt; uses RAX, RCX and RDX */

/* A handler: counts, does `body`, ends its interrupt, returns; keeps RAX, RCX, RDX. */
void code_handler(struct code *, const struct code *body);

/* The same for an NMI, which needs no end of interrupt. */
void code_nmi_handler(struct code *, const struct code *body);

/* Gives an opened program its APICs and IDT; the handlers run on a stack of their own. */
struct lapic *interrupts_enable(struct program *, const struct code *low, const struct code *high);

/* After that: a handler for NMIs, on its own stack; and all handlers on the stack of what they
 * interrupt, so that each may nest in itself. */
void interrupts_enable_nmi(struct program *, const struct code *handler);
void interrupts_nest(struct program *);

#endif
