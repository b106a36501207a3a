/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD's part of APIC virtualization on and off; see apicv.h and avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

void kvm_x86_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    avic_refresh_apicv_exec_ctrl(vcpu);
}

/* An injection that an earlier pass has prepared stays where it is until a VMRUN takes it. */
bool kvm_x86_interrupt_allowed(struct kvm_vcpu *vcpu)
{
    return !svm_interrupt_blocked(vcpu) && !(to_svm(vcpu)->vmcb->event_inj & SVM_EVTINJ_VALID);
}

void kvm_x86_inject_irq(struct kvm_vcpu *vcpu, int vector)
{
    note_value("injects %#x", vector);
    to_svm(vcpu)->vmcb->event_inj = vector | SVM_EVTINJ_VALID;
}

/* A virtual interrupt above all priorities, which leaves the guest when it would be taken, is the window. */
void kvm_x86_enable_irq_window(struct kvm_vcpu *vcpu, bool on)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    if (on) {
        WARN_ON(kvm_vcpu_apicv_active(vcpu));       /* with AVIC V_IRQ is ignored */
        vmcb_set_intercept(vmcb, SVM_EXIT_VINTR);
        vmcb->int_ctl |= V_IRQ_MASK | V_INTR_PRIO_MASK;
        return;
    }
    vmcb_clr_intercept(vmcb, SVM_EXIT_VINTR);
    vmcb->int_ctl &= ~(V_IRQ_MASK | V_INTR_PRIO_MASK);
}
