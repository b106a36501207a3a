/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WRMSR of a guest whose APIC is in software; see avic_inhibit.h. Left out: all registers but EOI and ICR.
 */
#include "avic_inhibit/avic_inhibit.h"

#define GPR_RCX 1
#define GPR_RDX 2

static void skip_emulated_instruction(struct vmcb *vmcb)
{
    vmcb->rip = vmcb->next_rip;
    vmcb->int_state &= ~SVM_INTERRUPT_SHADOW;
}

/* The value is in EDX:EAX, and RAX is in the VMCB. IPIs go to id 0: see avic_inhibit.h. */
int svm_msr_interception(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;
    u32 msr = vcpu->gprs[GPR_RCX], low = vmcb->rax, high = vcpu->gprs[GPR_RDX];
    bool write = vmcb->exit_info_1;

    if (write && msr == MSR_X2APIC_EOI && !low && !high) {
        kvm_apic_set_eoi(vcpu);
    } else if (write && msr == MSR_X2APIC_ICR && !high) {
        note_value("software sends IPI %#x", low);
        kvm_apic_send_ipi(vcpu, low, high);
    } else {
        note_value("MSR of the guest that is not modelled: %#x", msr);
        BUG();
    }
    skip_emulated_instruction(vmcb);
    return 1;
}
