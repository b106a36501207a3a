/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VT-d unit in front of the I/O APIC: its redirection entries name entries of the remapping table. */
#ifndef IOMMU_IOAPIC_REMAP_H
#define IOMMU_IOAPIC_REMAP_H

#include "iommu/vtd.h"
#include "lapic/ioapic.h"

/* The requester id of the I/O APIC, as firmware would tell it: 00:1e.7. */
enum { IOAPIC_REQUESTER = 0xf7 };

/* A redirection entry in remappable format (5.1.5.1): the rest is as in compatibility format. */
#define RTE_REMAPPABLE (1ull << 48)
#define RTE_HANDLE(handle) ((uint64_t)((handle) & 0x7fff) << 49 | (uint64_t)((handle) >> 15 & 1) << 11)

struct ioapic_remap;

/* From now on the I/O APIC's requests go through the unit. Before set-up. */
struct ioapic_remap *ioapic_remap_new(struct machine *, struct lapic *, struct vtd *, struct ioapic *,
                                      unsigned device);
void ioapic_remap_free(struct ioapic_remap *);

/* The write to FEExxxxxh that an entry makes. Pure. */
struct vtd_request ioapic_remap_request(uint64_t entry);

#endif
