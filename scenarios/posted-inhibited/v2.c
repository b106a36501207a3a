/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V0, but what was found in the descriptor is not injected: it only gets into vIRR (without Linux
 * 7e1901f6c86c).
 */
#include "apicv.h"
#include "lapic.h"
#include "vmx.h"

void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (pi_test_on(&vcpu->pi_desc)) {
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    if (kvm_vcpu_apicv_active(vcpu))
        vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
