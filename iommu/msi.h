/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device with MSI or MSI-X: it writes to memory, then to FEExxxxxh, at any time. The latter
 * goes through the unit in front of it, as software has set that up.
 */
#ifndef IOMMU_MSI_H
#define IOMMU_MSI_H

#include "iommu/remap.h"
#include "lapic/lapic.h"

enum { MSI_SCRIPT_MAX = 16, MSI_WRITES_MAX = 4 };

/* 32 bits that the device stores before its interrupt, in order (PCIe: posted writes). */
struct msi_write {
    uint64_t address; /* physical, 4-byte aligned */
    uint32_t value;
};

struct msi_interrupt {
    struct interrupt_request request;
    uint64_t count; /* 0, or physical address of 32 bits that count, in the step in which the
                     * interrupt is posted, sent or blocked: a ledger for obligations */
    unsigned writes;
    struct msi_write write[MSI_WRITES_MAX];
};

/* Address of a request in remappable format for this entry of the table, without a subhandle
 * (VT-d specification, 5.1.3). */
uint64_t msi_remappable_address(uint16_t handle);

struct msi_device;

/*
 * Attaches device `index` (an agent) that makes the interrupts of `script` one after another, behind this
 * unit. The script is copied. Addresses outside memory are a model bug (assertion): whoever makes the
 * script checks them.
 */
struct msi_device *msi_device_new(struct machine *, struct lapic *, struct remapper, unsigned index,
                                  const struct msi_interrupt *script, unsigned count);
void msi_device_free(struct msi_device *);

/* How many interrupts of the script are done with. */
unsigned msi_device_done(const struct msi_device *);

#endif
