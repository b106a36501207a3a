/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions: control points of cores that invariants read, and where they end.
 *
 * What a core did in a region is done when others can see it. So a region that is left while a
 * store made in it is still buffered, one to memory that an invariant reads, ends in the drain of
 * that store: until then the core is about to do what the region stands for, and only then can an
 * invariant judge what came of it.
 */
#ifndef SIM_REGION_H
#define SIM_REGION_H

#include "sim/machine.h"

/* The core passes the marker before the region, in the step that it makes now. If an earlier stay
 * has not ended yet, it goes on. */
void region_enter(struct machine *, unsigned core, unsigned region);

/* The same for the marker behind the region. */
void region_leave(struct machine *, unsigned core, unsigned region);

/* Regions (a bit each) that a store which the core makes now belongs to. */
uint32_t region_of_store(const struct machine *, unsigned core, uint64_t address, unsigned size);

/* The store's drain, before and as it is made. */
void region_next_drain(unsigned core, const struct store *, struct footprint *);
void region_drain(struct machine *, unsigned core, const struct store *);

#endif
