/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VM exits that the APIC of a vCPU makes; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

/* Interrupts and NMIs may be injected now. */
static int handle_window(struct kvm_vcpu *vcpu)
{
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 1;
}

/* TPR is below the class of what waits. */
int handle_tpr_below_threshold(struct kvm_vcpu *vcpu)
{
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 1;
}

/* An exit by the delivery of what was injected would have to inject it again: nothing here makes one. */
int __vmx_handle_exit(struct kvm_vcpu *vcpu, u32 reason)
{
    WARN_ON(vmcs_read32(IDT_VECTORING_INFO) & INTR_INFO_VALID);
    switch (reason) {
    case EXIT_REASON_EXTERNAL_INTERRUPT: return 1;
    case EXIT_REASON_INTERRUPT_WINDOW:
    case EXIT_REASON_NMI_WINDOW: return handle_window(vcpu);
    case EXIT_REASON_CR_ACCESS: return handle_cr(vcpu);
    case EXIT_REASON_MSR_READ: return handle_rdmsr(vcpu);
    case EXIT_REASON_MSR_WRITE: return handle_wrmsr(vcpu);
    case EXIT_REASON_TPR_BELOW_THRESHOLD: return handle_tpr_below_threshold(vcpu);
    case EXIT_REASON_APIC_ACCESS: return handle_apic_access(vcpu);
    case EXIT_REASON_EOI_INDUCED: return handle_apic_eoi_induced(vcpu);
    case EXIT_REASON_APIC_WRITE: return handle_apic_write(vcpu);
    default:
        note_value("unexpected VM exit, reason %#x", reason);
        BUG();
    }
}
