/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: as before Linux 5.16: the descriptor is looked at only while APICv is active.
 */
#include "apicv.h"
#include "lapic.h"
#include "vmx.h"

void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (!kvm_vcpu_apicv_active(vcpu))
        return;
    if (pi_test_on(&vcpu->pi_desc)) {
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
