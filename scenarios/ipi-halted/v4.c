/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: nobody looks at PIR behind SN, as in Linux 4.8: what has been posted while SN was set stays
 * unseen.
 */
#include "block/block.h"

static void leave_wakeup_list(struct kvm_vcpu *vcpu)
{
    raw_spinlock_t *lock = &wakeup_lists[vcpu->cpu].lock;

    raw_spin_lock(lock);
    list_del(&to_block(vcpu)->pi_wakeup_list);
    raw_spin_unlock(lock);
}

void vmx_vcpu_pi_load(struct kvm_vcpu *vcpu, int cpu)
{
    struct pi_desc *pi_desc = &vcpu->pi_desc;
    unsigned long flags = local_irq_save();
    u64 old = pi_control(pi_desc), new;

    if (pi_nv(old) == POSTED_INTR_WAKEUP_VECTOR)
        leave_wakeup_list(vcpu);
    do {
        new = pi_with_ndst(pi_with_nv(old & ~PI_SN, POSTED_INTR_VECTOR), cpu);
    } while (!try_cmpxchg64(&pi_desc->control, &old, new));
    local_irq_restore(flags);       /* V0: barrier; PIR is not empty: ON = 1 */
}
