/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT and start-up messages at a core (SDM vol. 3, APIC: "Interrupt Command Register", "Local APIC State
 * After It Receives an INIT-Deassert IPI").
 *
 * For models that take them otherwise than the core does (a guest leaves on them): their arrival writes
 * PART_INIT of the core's UNIT_NMI, taking one writes UNIT_NMI.
 */
#ifndef LAPIC_INIT_H
#define LAPIC_INIT_H

#include "lapic/lapic.h"

bool lapic_init_pending(const struct lapic *, unsigned core);
void lapic_take_init(struct lapic *, unsigned core); /* the latch alone; nothing is reset */

/* Latched only for an extension that takes it (virt_ops.takes_smi); it stays pending, as nothing beyond that is
 * modelled of system-management mode. */
bool lapic_smi_pending(const struct lapic *, unsigned core);

bool lapic_startup_pending(const struct lapic *, unsigned core);
unsigned lapic_take_startup(struct lapic *, unsigned core); /* its vector */

#endif
