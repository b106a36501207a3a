/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt messages from devices and from the VT-d unit to local APICs. */
#ifndef IOMMU_SEND_H
#define IOMMU_SEND_H

#include "iommu/vtd.h"
#include "lapic/icr.h"

struct iommu_message {
    struct icr icr; /* what it asks of the APICs; the lowest-priority mode stands for RH = 1 too */
    bool level;
};

/* What a write in compatibility format says; `dm_ignored` as in lapic/msi.h. `upper`: bits 31:8 of the
 * id, as the unit's own events have them in x2APIC mode (10.4.13). Pure. */
struct iommu_message iommu_decode_compatibility(uint64_t address, uint32_t data, uint32_t upper,
                                                bool dm_ignored);

/* What a remapped entry says (5.1.4). Pure. */
struct iommu_message iommu_message_of(const struct vtd_outcome *);

/* The notification of a descriptor: fixed, edge, physical, RH = 0 (5.2.3). Pure. */
struct iommu_message iommu_notification(unsigned nv, uint32_t destination);

/* One step of message source `source` sends it to all that match: may it now, what does it touch? */
bool iommu_can_send(const struct lapic *, unsigned source, const struct iommu_message *);
void iommu_next_send(const struct lapic *, unsigned source, const struct iommu_message *,
                     struct footprint *);
void iommu_send(struct lapic *, unsigned source, const struct iommu_message *);

#endif
