/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could L1 not take an interrupt? See svm.h and svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

/* While L2 runs it is an exit that would be blocked: by IF of L1, as it was at VMRUN, and by no shadow. */
bool svm_interrupt_blocked(struct kvm_vcpu *vcpu)
{
    struct vcpu_svm *svm = to_svm(vcpu);

    if (!(svm->vmcb->int_ctl & V_GIF_MASK) || !(svm->vmcb01->rflags & X86_EFLAGS_IF))
        return true;
    return !is_guest_mode(vcpu) && (svm->vmcb01->int_state & SVM_INTERRUPT_SHADOW);
}
