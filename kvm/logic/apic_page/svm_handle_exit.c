/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A #VMEXIT, once interrupts are on again, of a guest that touches its APIC's page; see svm.h and apic_page.h.
 */
#include "apic_page/apic_page.h"

int svm_handle_exit(struct kvm_vcpu *vcpu)
{
    if (to_svm(vcpu)->vmcb->exit_code == SVM_EXIT_NPF)
        return npf_interception(vcpu);
    return svm_invoke_exit_handler(vcpu);
}
