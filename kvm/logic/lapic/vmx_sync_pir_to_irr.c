/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posted vectors, where the processor delivers them; see kvm_lapic.h. Otherwise nothing is posted.
 */
#include "kvm_lapic.h"

/* ON is cleared before PIR is read, as in kvm/logic. */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (!kvm_apic_apicv_active(vcpu_to_lapic(vcpu)))
        return;
    if (pi_test_and_clear_on(&vcpu->pi_desc)) {
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
