/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program for any local APIC, physical or virtual, in xAPIC or x2APIC mode, that prints what its
 * registers hold and which interrupts come when. The same on a core and in a guest, whoever emulates.
 *
 * Its handlers are its own: they nest, so they run on the stack of what they interrupt, and each sends its EOI.
 */
#ifndef IRQWEAVE_SILICON_CHECK_APIC_PROGRAM_H
#define IRQWEAVE_SILICON_CHECK_APIC_PROGRAM_H

#include "desc.h"
#include "program.h"

extern struct gate_struct apic_program_idt[256];

/* Behind cpu_init(). */
void apic_program_init(void);

/* IF = 0, with that IDT; the APIC is in that mode, whatever has been done with it before. */
void apic_program(bool x2apic);

/* The same on this core, which has its own IDT again behind it. */
void apic_program_bare(bool x2apic);

/* Parts, for a guest that asks its host for interrupts: a register, a line of APIC state, a window. */
void apic_program_begin(bool x2apic);
void apic_program_write(unsigned at, u32 value);
void apic_program_state(const char *what);
void apic_program_window(const char *what);

#endif
