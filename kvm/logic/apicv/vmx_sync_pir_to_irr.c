/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Software's own posted-interrupt processing, whether APICv is active or not; see vmx.h.
 */
#include "apicv.h"
#include "lapic.h"
#include "vmx.h"

/* What was posted before APICv went off is ours to inject: as an event, before the guest is entered. And RVI of the VMCS
 * that is current is not this guest's while a guest of it runs: what is new is looked at as an event, too. */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    bool got_posted_interrupt = pi_test_on(&vcpu->pi_desc);

    if (got_posted_interrupt) {
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    if (kvm_vcpu_apicv_active(vcpu) && !kvm_x86_is_guest_mode(vcpu))
        vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
    else if (got_posted_interrupt)
        kvm_make_request(KVM_REQ_EVENT, vcpu);
}
