/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pending for L1 while L2 runs; see nested.h.
 */
#include "nested.h"

/*
 * L1 takes its interrupts after an exit from L2, without acknowledging them on exit: they stay in its
 * vIRR. Its notification vector is no reason to leave: it is processed in place.
 */
void vmx_check_nested_events(struct kvm_vcpu *vcpu)
{
    struct nested_vmx *nested = to_nested(vcpu);
    int irr;

    vmx_complete_nested_posted_interrupt(vcpu);
    irr = kvm_lapic_find_highest_irr(vcpu);
    if (irr < 0)
        return;
    if (irr == nested->posted_intr_nv) {
        kvm_apic_clear_irr(vcpu, irr);
        WRITE_ONCE(nested->pi_pending, true);
        vmx_complete_nested_posted_interrupt(vcpu);
        irr = kvm_lapic_find_highest_irr(vcpu);
    }
    if (irr >= 0)
        nested_vmx_vmexit(vcpu, EXIT_REASON_EXTERNAL_INTERRUPT, 0);
}
