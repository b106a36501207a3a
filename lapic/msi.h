/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts in compatibility format: what a device's write to FEExxxxxh means, and
 * sending it (SDM vol. 3, APIC: "Message Signalled Interrupts"). Devices behind an IOMMU that remaps
 * interrupts go through iommu/ instead.
 */
#ifndef LAPIC_MSI_H
#define LAPIC_MSI_H

#include "lapic/icr.h"
#include "lapic/lapic.h"

struct msi {
    uint32_t address; /* FEE in 31:20, destination id in 19:12, RH 3, DM 2 */
    uint32_t data;    /* vector 7:0, delivery mode 10:8, level 14, trigger 15 */
};

enum {
    MSI_ADDRESS = 0xfee00000,
    MSI_REDIRECTION_HINT = 1 << 3,
    MSI_LOGICAL = 1 << 2,
    MSI_ASSERT = 1 << 14,
    MSI_LEVEL = 1 << 15,
};

static inline bool msi_is_address(uint64_t address)
{
    return address >> 20 == 0xfee;
}

/* What it asks of the APICs. `dm_ignored`: with RH = 0 the destination is physical whatever DM
 * says (the knob msi-destination-mode). Pure. */
struct icr msi_decode(struct msi, bool dm_ignored);

/*
 * A step of a device, or of whatever else is message source `source`, sends the interrupt: may it now (a
 * free slot for each target), what does that touch, and sending it. Nothing is sent to ids that nobody
 * has. The step's footprint must also hold a write that all senders of this source share.
 */
bool lapic_can_send_msi(const struct lapic *, unsigned source, struct msi);
void lapic_next_msi(const struct lapic *, unsigned source, struct msi, struct footprint *);
void lapic_deliver_msi(struct lapic *, unsigned source, struct msi);

#endif
