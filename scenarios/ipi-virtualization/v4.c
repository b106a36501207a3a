/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: software empties PIR before it clears ON. An IPI in between finds ON = 1 and does not notify, then
 * ON is cleared, and nobody looks at PIR again.
 */
#include "lapic.h"
#include "vmx.h"

void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    if (pi_test_on(&vcpu->pi_desc)) {
        region_enter(REGION_SYNC);
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
        pi_clear_on(&vcpu->pi_desc);
        region_leave(REGION_SYNC);
    }
    vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
}
