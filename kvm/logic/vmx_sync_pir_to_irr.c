/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Software's own posted-interrupt processing, before VM entry; see vmx.h.
 */
#include "lapic.h"
#include "vmx.h"

/*
 * ON is cleared before PIR is read, as the processor does it [SDM 29.6]: a vector that comes too
 * late for this drain finds ON clear and notifies again.
 */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (pi_test_on(&vcpu->pi_desc)) {
        region_enter(REGION_SYNC);
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
        region_leave(REGION_SYNC);
    }
    vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
