/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt requests that a unit works on, of each device one after the other: a command that
 * waits (a wait descriptor of VT-d, COMPLETION_WAIT of AMD) may have to wait until those that were
 * looked up before the last invalidation are done. Plain data, for the arena.
 */
#ifndef IOMMU_UNDER_WAY_H
#define IOMMU_UNDER_WAY_H

#include "sim/machine.h"

struct under_way {
    uint32_t begun[MACHINE_MAX_DEVICES];  /* requests of each device that have been looked up, ... */
    uint32_t before[MACHINE_MAX_DEVICES]; /* ... how many before the last invalidation ... */
    uint32_t done[MACHINE_MAX_DEVICES];   /* ... and how many are done */
};

void under_way_begin(struct under_way *, unsigned device);
void under_way_end(struct under_way *, unsigned device);
void under_way_invalidate(struct under_way *);
bool under_way_drained(const struct under_way *);

/* What the last step of a request touches, and the step of a command that has waited for it. */
void under_way_next_end(const struct under_way *, unsigned device, struct footprint *);
void under_way_next_drained(const struct under_way *, struct footprint *);

#endif
