/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request under way in an AMD IOMMU: shared by amdvi_request.c and amdvi_post.c. */
#ifndef IOMMU_AMDVI_REQUEST_H
#define IOMMU_AMDVI_REQUEST_H

#include "iommu/access.h"
#include "iommu/amdvi_internal.h"

enum stage {
    READ_DEVICE, READ_ENTRY, READ_UPPER, SEND, BLOCK,
    SET_IRR, READ_LIVE, READ_LIVE_UPPER, NOTIFY, DONE,
};

struct progress {
    uint8_t stage;
    uint8_t looked_up; /* the unit is enabled: a wait may wait for this request */
    uint8_t pending;   /* IRR held a bit before */
    struct amdvi_mode mode; /* as it was when the request came */
    uint64_t dte; /* third quadword */
    uint64_t at;  /* address of the entry: */
    struct table_entry entry;
    struct table_entry live; /* the same, as it is in memory behind the look-up */
    struct amdvi_outcome outcome;
};

_Static_assert(sizeof(struct progress) <= REMAP_STATE, "what a device keeps for a unit");

enum { IRR_FIRST, ISRUN_FIRST, IRR_LAST }; /* vapic-post-order */

static inline struct progress *progress(const struct remap_job *j)
{
    return j->state;
}

static inline unsigned source(const struct amdvi *v, const struct remap_job *j)
{
    return v->m->cores + j->device;
}

static inline unsigned order(const struct amdvi *v)
{
    return v->m->knobs.value[KNOB_VAPIC_POST_ORDER];
}

static inline bool in_halves(const struct amdvi *v, const struct progress *p)
{
    return p->mode.ga && v->m->knobs.value[KNOB_IRTE_FETCH] == 1;
}

static inline unsigned entry_bytes(const struct progress *p)
{
    return p->mode.ga ? 16 : 4;
}

/* amdvi_post.c: the steps of posting, and what they need and touch. */
void post_set_irr(struct amdvi *, const struct remap_job *);
void post_next_irr(const struct remap_job *, struct footprint *);
void post_read_live(struct amdvi *, const struct remap_job *);
void post_read_live_upper(struct amdvi *, const struct remap_job *);
void post_notify(struct amdvi *, const struct remap_job *);
bool post_can_notify(const struct amdvi *, const struct remap_job *);
void post_next_notify(const struct amdvi *, const struct remap_job *, struct footprint *);

#endif
