/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit 400h: the page is not mapped; see apic_page.h.
 */
#include "apic_page/apic_page.h"

struct kvm_apic_page apic_page;
u32 apic_made, apic_handled;

void apic_access_done(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    WRITE_ONCE(apic_made, apic_made + 1);
    vmcb->rip = vmcb->next_rip;
    vmcb->int_state &= ~SVM_INTERRUPT_SHADOW;
}

int npf_interception(struct kvm_vcpu *vcpu)
{
    if (kvm_tdp_page_fault(vcpu) != RET_PF_EMULATE)
        return 1;
    note_value("the access to the APIC is emulated (%u)", apic_handled);
    WRITE_ONCE(apic_handled, apic_handled + 1);
    apic_access_done(vcpu);
    return 1;
}
