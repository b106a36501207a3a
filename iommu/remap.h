/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands between devices and the local APICs: a VT-d unit (iommu/vtd.h) or an AMD IOMMU
 * (iommu/amdvi.h). What becomes of an interrupt request are steps of the device that sends it
 * (iommu/msi.h); the unit says what they are.
 */
#ifndef IOMMU_REMAP_H
#define IOMMU_REMAP_H

#include <stdbool.h>
#include <stdint.h>

struct footprint;

/* An upstream write to FEEx_xxxxh. */
struct interrupt_request {
    uint64_t address;
    uint32_t data;
    uint16_t requester; /* bus 15:8, device 7:3, function 2:0 */
};

/* What a unit keeps of a request between its steps: bytes, all 0 before the first one. */
enum { REMAP_STATE = 96 };

struct remap_job {
    const struct interrupt_request *request;
    unsigned device; /* index of the agent; m->cores + device is the source of its messages */
    void *state;     /* REMAP_STATE bytes in the arena */
};

struct remap_ops {
    bool (*enabled)(void *unit, const struct remap_job *);
    void (*next)(void *unit, const struct remap_job *, struct footprint *);
    bool (*step)(void *unit, const struct remap_job *); /* true: that was the last one */
    /* Is the next step the one that posts, sends or blocks the interrupt? Each has one such step. */
    bool (*settles)(void *unit, const struct remap_job *);
    const char *(*name)(void *unit, const struct remap_job *); /* of the next step */
};

struct remapper {
    const struct remap_ops *ops;
    void *unit;
};

#endif
