/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A #VMEXIT of L1 or L2, once interrupts are on again; see svm.h and svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

/* Interrupts of the host are its own affair; the rest is L1's, as far as it happens here. */
static int handle_exit_of_l2(struct kvm_vcpu *vcpu, u64 exit_code)
{
    if (exit_code == SVM_EXIT_INTR)
        return 1;
    if (exit_code != SVM_EXIT_VMMCALL) {
        note_value("unexpected #VMEXIT of L2, code %#x", exit_code);
        BUG();
    }
    nested_svm_vmexit(vcpu, exit_code);
    return 1;
}

int svm_handle_exit(struct kvm_vcpu *vcpu)
{
    u64 exit_code = to_svm(vcpu)->vmcb->exit_code;

    if (is_guest_mode(vcpu))
        return handle_exit_of_l2(vcpu, exit_code);
    if (exit_code == SVM_EXIT_VMRUN)
        return nested_svm_vmrun(vcpu);
    return svm_invoke_exit_handler(vcpu);
}
