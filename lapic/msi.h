/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message signalled interrupts in compatibility format: what a device's write to FEExxxxxh means, and
 * sending it (SDM vol. 3, APIC: "Message Signalled Interrupts"). Devices behind an IOMMU that remaps
 * interrupts go through iommu/ instead.
 */
#ifndef LAPIC_MSI_H
#define LAPIC_MSI_H

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

/* What it asks of the APICs. */
struct msi_request {
    uint8_t delivery; /* enum apic_delivery */
    uint8_t vector;
    bool level;       /* level triggered ... */
    bool deasserts;   /* ... and the level has ended: nothing is sent */
    bool awaited;     /* of struct message */
    struct apic_destination to;
};

/* `dm_ignored`: with RH = 0 the destination is physical whatever DM says (the knob
 * msi-destination-mode). Pure. */
struct msi_request msi_decode(struct msi, bool dm_ignored);

/*
 * A step of a device, or of whatever else is message source `source`, sends the interrupt: may it now (a
 * free slot for each target), what does that touch, and sending it. Nothing is sent to ids that nobody
 * has. If steps of several agents use one source, their footprints must also hold a write that they share.
 */
bool lapic_can_send_msi(const struct lapic *, unsigned source, struct msi);
void lapic_next_msi(const struct lapic *, unsigned source, struct msi, struct footprint *);
void lapic_deliver_msi(struct lapic *, unsigned source, struct msi);

/* The same of a request that has been decoded already. */
bool request_can_send(const struct lapic *, unsigned source, const struct msi_request *);
void request_next(const struct lapic *, unsigned source, const struct msi_request *,
                  struct footprint *);
void request_send(struct lapic *, unsigned source, const struct msi_request *);

#endif
