/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device with an interrupt line, to the I/O APIC or to a local source of one core (lapic/pins.h). It
 * follows its script at any time. Software
 * quiesces it through one register: at LINE_ADDRESS + 1000h * its device number, 4 bytes, which read
 * as 1 while the device asserts its line; writing 1 releases the line.
 */
#ifndef LAPIC_LINE_H
#define LAPIC_LINE_H

#include "lapic/ioapic.h"
#include "lapic/pins.h"

enum { LINE_ADDRESS = 0xfed80000, LINE_SCRIPT_MAX = 16 };

enum line_action {
    LINE_ASSERT,
    LINE_RELEASE,
    LINE_PULSE, /* both, as one step: an edge */
};

struct line_device;

/* Device `index` of the machine drives `pin`; the script is copied. */
struct line_device *line_device_new(struct ioapic *, unsigned index, unsigned pin,
                                    const enum line_action *script, unsigned count);

/* ... or drives the source of an entry of a core's local vector table; one without a level is only pulsed. */
struct line_device *line_device_new_local(struct lapic *, unsigned index, unsigned core, enum apic_lvt,
                                          const enum line_action *script, unsigned count);
void line_device_free(struct line_device *);

#endif
