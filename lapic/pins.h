/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local sources of a core's local vector table that something outside the core drives: the pins LINT0 and
 * LINT1, and the signals of the thermal sensor, the performance counters and the machine-check banks (CMCI).
 * A pin is high while a device asserts it. Devices are in lapic/line.h.
 */
#ifndef LAPIC_PINS_H
#define LAPIC_PINS_H

#include "lapic/lapic.h"

/* Before set-up; once or more often. Without it the pins of all cores are low for ever. */
void lapic_add_pins(struct lapic *);

/* Is this an entry that a device can drive, and one whose source is a level, not only pulses? */
bool pins_can_drive(enum apic_lvt);
bool pins_have_level(enum apic_lvt);

/* Driver `driver` (below 8) asserts or releases the source of an entry: what that step touches, and the step.
 * A source without a level is raised by each assertion. */
void pins_next_drive(const struct lapic *, unsigned core, enum apic_lvt, struct footprint *);
void pins_drive(struct lapic *, unsigned core, enum apic_lvt, unsigned driver, bool asserted);

/* An entry has been written, or a service has ended: levels that are there are accepted once more. Part of a
 * step that writes INTR. Does nothing in a machine without pins. */
void pins_look(struct lapic *, unsigned core);

#endif
