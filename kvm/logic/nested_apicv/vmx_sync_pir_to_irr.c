/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Software's own posted-interrupt processing for L1, also while L2 runs; see vmx.h and nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

/* RVI of vmcs02 is L2's: what is new for L1 while L2 runs is looked at as an event, and so is all without APICv. */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    bool got_posted_interrupt = pi_test_on(&vcpu->pi_desc);

    if (got_posted_interrupt) {
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    if (kvm_vcpu_apicv_active(vcpu) && !is_guest_mode(vcpu))
        vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
    else if (got_posted_interrupt)
        kvm_make_request(KVM_REQ_EVENT, vcpu);
}
