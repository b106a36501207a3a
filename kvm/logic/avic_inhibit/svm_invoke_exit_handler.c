/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a #VMEXIT means where AVIC may be off; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

int svm_invoke_exit_handler(struct kvm_vcpu *vcpu)
{
    u64 code = to_svm(vcpu)->vmcb->exit_code;

    switch (code) {
    case SVM_EXIT_INTR: return 1;   /* the host's interrupt has been taken by now */
    case SVM_EXIT_VINTR: return interrupt_window_interception(vcpu);
    case SVM_EXIT_HLT: return kvm_emulate_halt(vcpu);
    case SVM_EXIT_MSR: return svm_msr_interception(vcpu);
    case SVM_EXIT_AVIC_INCOMPLETE_IPI: return avic_incomplete_ipi_interception(vcpu);
    }
    note_value("unexpected #VMEXIT, code %#x", code);
    BUG();
}
