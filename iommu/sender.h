/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever sends interrupt requests through a VT-d unit, as an agent: what becomes of a request that has been looked
 * up (iommu/vtd.h), as one step of its own.
 */
#ifndef IOMMU_SENDER_H
#define IOMMU_SENDER_H

#include "iommu/vtd.h"
#include "lapic/msi.h"

struct vtd_sender {
    struct machine *m;
    struct lapic *lapic;
    struct vtd *vtd; /* NULL: no unit, all requests are in compatibility format */
    unsigned index;  /* the sender's device number */
};

/* `compatible`: what the request asks for if it turns out to be in compatibility format. May the step be made,
 * what does it touch, and the step: the interrupt is posted, sent, or blocked with a fault. */
bool sender_can_act(const struct vtd_sender *, const struct vtd_outcome *, const struct msi_request *compatible);
void sender_next_act(const struct vtd_sender *, const struct vtd_outcome *, const struct msi_request *compatible,
                     struct footprint *);
void sender_act(const struct vtd_sender *, struct vtd_outcome *, const struct msi_request *compatible,
                uint16_t requester);

/* Accesses of the sender to memory: others may see them; and what a recorded step shows of a store. */
void sender_touch(const struct vtd_sender *, uint64_t address, unsigned size, bool write);
void sender_record(const struct vtd_sender *, uint64_t address, unsigned size, uint64_t value);

#endif
