/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could the guest not take an interrupt if it ran? See svm.h.
 */
#include "svm/svm.h"

bool svm_interrupt_blocked(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    return !(vmcb->rflags & X86_EFLAGS_IF) || (vmcb->int_state & SVM_INTERRUPT_SHADOW);
}
