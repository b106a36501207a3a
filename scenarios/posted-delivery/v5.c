/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: V3 with PIR read before ON is cleared.
 *
 * A vector posted in between finds ON set and does not notify; then ON is cleared and nobody knows.
 */
#include "lapic.h"
#include "vmx.h"

void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (pi_test_on(&vcpu->pi_desc)) {
        region_enter(REGION_SYNC);
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
        pi_clear_on(&vcpu->pi_desc);        /* V3: before the line above */
        smp_mb__after_atomic();
        region_leave(REGION_SYNC);
    }
    vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
