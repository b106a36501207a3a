/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files of invariants. */
#ifndef SCENARIOS_INVARIANTS_INTERNAL_H
#define SCENARIOS_INVARIANTS_INTERNAL_H

#include "scenarios/invariants.h"
#include "scenarios/session.h"

#define LEAVES(region) ((uint32_t)EVENT_REGION_LEAVE << (region))
#define INSIDE(region) (1u << (region))

/* One look at an invariant: of whom questions are asked, and where they are noted. */
struct look {
    const struct session *s;
    struct footprint *footprint;
};

/* What is read beside resources: a store there keeps its region from ending while it is buffered. */
static inline void watch(struct invariant *inv, const struct image_state *state, uint64_t size)
{
    inv->ranges[inv->range_count++] = (struct visible_range){state->address, size};
}

/* Is this host vector on its way to the core or pending there? */
bool ask_coming(const struct look *, unsigned core, unsigned vector);

/* Is a core other than `except` (~0: any) in one of these regions? */
bool ask_region(const struct look *, unsigned except, uint32_t regions);

/* invariants_avic.c: a vCPU's states; does it sleep, and nobody has begun to wake it? And, no question, is it the one whose
 * guest this core has entered? */
const struct state_vcpu *vcpu_of(const struct look *, unsigned vcpu);
bool ask_vcpu_asleep(const struct look *, unsigned vcpu);
bool vcpu_runs(const struct look *, unsigned core, unsigned vcpu);

bool avic1(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool avic4(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool avic5(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool nested2(void *context, struct machine *, struct footprint *, char *message, size_t size);

/* invariants_mode.c: kicks and requests. */
bool mode2(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool live1(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool wait1(void *context, struct machine *, struct footprint *, char *message, size_t size);

/* What they read beside vcpu0.mode. False: the image lacks it, or there are too many cores; `error` says so. */
bool mode_prepare(struct session *, struct invariant *, char *error);

/* invariants_apicv.c, of either vendor; apicv_prepare() says what they read. */
bool apicv1(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool apicv2(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool apicv3(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool apicv4(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool apicv_prepare(struct session *, struct invariant *, char *error);

/* invariants_nested.c: of Intel. */
bool nested2_vmx(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool nested3(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool nested4(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool nested_prepare(struct session *, struct invariant *, char *error);

/* The states that these read, and those that N-2 and N-5 read beside. False: the image lacks one; `error` names it. */
bool avic_states_find(struct session *, char *error);
bool avic_active_states_find(struct session *, char *error);
bool avic_nested_states_find(struct session *, char *error);

/* No question: does the step write this resource? */
bool step_writes(const struct footprint *, uint64_t resource);

/* A vCPU's entry of the physical ID table, as processors see it. */
uint64_t ask_entry(const struct look *, unsigned vcpu);

/* invariants_avic_iommu.c: the same. */
bool avic2(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool avic3(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool nested5(void *context, struct machine *, struct footprint *, char *message, size_t size);
bool avic_entries_find(struct session *, char *error);

#endif
