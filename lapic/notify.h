/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notification that IPI virtualization sends through the local APIC of the core that it runs
 * on (SDM vol. 3, "IPI Virtualization"): a fixed, edge-triggered IPI to a physical destination.
 */
#ifndef LAPIC_NOTIFY_H
#define LAPIC_NOTIFY_H

#include "lapic/lapic.h"

/* In x2APIC mode the destination is all of NDST, in xAPIC mode its bits 15:8. What the step
 * touches, and the step; as for an ICR write. */
void lapic_next_notification(struct lapic *, unsigned core, unsigned vector, uint32_t ndst,
                             struct footprint *, unsigned *flags);
void lapic_notify(struct lapic *, struct core *, unsigned vector, uint32_t ndst);

#endif
