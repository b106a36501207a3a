/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages of devices and of units, in the terms of lapic/msi.h. Pure. Sections are those of the
 * VT-d specification.
 */
#ifndef IOMMU_SEND_H
#define IOMMU_SEND_H

#include "iommu/vtd.h"
#include "lapic/msi.h"

/* What a write in compatibility format says; `dm_ignored` as in lapic/msi.h. `upper`: bits 31:8 of the
 * id, as the unit's own events have them in x2APIC mode (5.1.6.2). */
struct msi_request iommu_decode_compatibility(uint64_t address, uint32_t data, uint32_t upper,
                                              bool dm_ignored);

/* An id of 8 bits: all ones are the broadcast. */
static inline uint32_t iommu_xapic_destination(uint32_t id)
{
    return id == 0xff ? UINT32_MAX : id;
}

/* What a remapped entry says (5.1.4). */
struct msi_request iommu_message_of(const struct vtd_outcome *);

/* The notification of a descriptor: fixed, edge, physical, RH = 0 (5.2.3). */
struct msi_request iommu_notification(unsigned nv, uint32_t destination);

#endif
