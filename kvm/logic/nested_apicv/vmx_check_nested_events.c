/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pending for L1 while L2 runs; see nested.h. No posted interrupts of L1's own here.
 */
#include "nested_apicv/nested_apicv.h"

/* L1 takes its interrupts behind an exit from L2, if it would take them: by the priority of what it has in service. */
void vmx_check_nested_events(struct kvm_vcpu *vcpu)
{
    int irr = kvm_lapic_find_highest_irr(vcpu), isr = apic_find_highest_isr(vcpu);

    if (irr >= 0 && (irr & 0xf0) > (isr < 0 ? 0 : isr & 0xf0))
        nested_vmx_vmexit(vcpu, EXIT_REASON_EXTERNAL_INTERRUPT, 0);
}
