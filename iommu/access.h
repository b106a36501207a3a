/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of devices and units to memory, within a step of theirs: coherent, seen by everybody at once.
 * `context`: context_of_device() of the agent. The footprint is the caller's to announce.
 */
#ifndef IOMMU_ACCESS_H
#define IOMMU_ACCESS_H

#include "sim/machine.h"

uint64_t device_read(struct machine *, unsigned context, uint64_t address, unsigned size);
void device_write(struct machine *, unsigned context, uint64_t address, unsigned size,
                  uint64_t value);

/* Before a write that the timeline is to show: old and new value. */
void device_record(struct machine *, uint64_t address, unsigned size, uint64_t value);

#endif
