/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the descriptor in parts, for variants that change one of them.
 */
#include "block.h"

/* All of the word or nothing: others post and set ON meanwhile. */
static inline void point_at(struct pi_desc *pi_desc, u64 kept, int cpu)
{
    u64 old = pi_control(pi_desc), new;

    do
        new = pi_with_ndst(pi_with_nv(old & kept, POSTED_INTR_VECTOR), cpu);
    while (!try_cmpxchg64(&pi_desc->control, &old, new));
}

static inline bool blocks(struct kvm_vcpu *vcpu)
{
    return pi_nv(pi_control(&vcpu->pi_desc)) == POSTED_INTR_WAKEUP_VECTOR;
}
