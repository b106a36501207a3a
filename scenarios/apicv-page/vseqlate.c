/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fault reads the word first and the sequence count second: what changes in between is not noticed.
 */
#include "apic_page/apic_page.h"

int kvm_tdp_page_fault(struct kvm_vcpu *vcpu)
{
    u64 mmu_seq;
    int r = RET_PF_RETRY;

    if (!apic_page_wanted(vcpu))
        return RET_PF_EMULATE;
    mmu_seq = READ_ONCE(apic_page.mmu_invalidate_seq);
    smp_rmb();
    raw_spin_lock(&apic_page.mmu_lock);
    if (!is_page_fault_stale(mmu_seq)) {
        apic_page_set_spte(1);
        r = RET_PF_FIXED;
    }
    raw_spin_unlock(&apic_page.mmu_lock);
    return r;
}
