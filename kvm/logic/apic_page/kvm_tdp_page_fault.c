/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest has touched its APIC's page, which was not mapped; see apic_page.h.
 */
#include "apic_page/apic_page.h"

/* The count first, then what decides: a zap in between, or later, is noticed with the lock, and the guest tries again. */
int kvm_tdp_page_fault(struct kvm_vcpu *vcpu)
{
    u64 mmu_seq = READ_ONCE(apic_page.mmu_invalidate_seq);
    int r = RET_PF_RETRY;

    smp_rmb();
    if (!apic_page_wanted(vcpu))
        return RET_PF_EMULATE;      /* nothing is cached: the next access comes here again */
    raw_spin_lock(&apic_page.mmu_lock);
    if (!is_page_fault_stale(mmu_seq)) {
        apic_page_set_spte(1);
        r = RET_PF_FIXED;
    }
    raw_spin_unlock(&apic_page.mmu_lock);
    return r;
}
