/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scripted device whose interrupts go through posted-format entries of a VT-d remapping table
 * (VT-d specification, 5.2).
 */
#ifndef IOMMU_POSTING_H
#define IOMMU_POSTING_H

#include "lapic/lapic.h"
#include "vmx/posted.h"

enum { IOMMU_SCRIPT_MAX = 16 };

/* Events that steps of the device carry (sim/machine.h). */
enum iommu_event {
    EVENT_DEVICE_POST = EVENT_OF_DEVICE << 0, /* a descriptor has been updated */
};

/* One interrupt of the device, with what its remapping entry says. */
struct iommu_post {
    uint8_t vector;      /* virtual: number of the PIR bit */
    bool urgent;         /* URG */
    uint64_t descriptor; /* physical address, 64-byte aligned */
    uint64_t count;      /* 0, or physical address of 32 bits that count, in the same step, the
                          * posts of the vector: a ledger for obligations, no part of VT-d */
};

/* What one atomic update of a descriptor does. */
struct iommu_update {
    uint64_t pir;     /* new value of the PIR word of the vector */
    uint64_t control; /* new value of the control word */
    bool notify;
    uint8_t nv;
    uint32_t ndst;
};

/* The update of VT-d 5.2.3: PIR bit; notify if ON = 0 and (URG or SN = 0), then ON = 1. Pure. */
struct iommu_update iommu_judge_post(uint64_t pir, uint64_t control, unsigned vector,
                                     bool urgent);

struct iommu_device;

/*
 * Attaches device `index` (an agent) that posts the interrupts of `script` in order. Its message
 * source is m->cores + index. The script is copied. A descriptor that is not aligned or outside
 * memory is a model bug (assertion): whoever makes the script checks it.
 */
struct iommu_device *iommu_device_new(struct machine *, struct lapic *, unsigned index,
                                      const struct iommu_post *script, unsigned count);
void iommu_device_free(struct iommu_device *);

/* How many interrupts of the script have been posted. */
unsigned iommu_device_posted(const struct iommu_device *);

#endif
