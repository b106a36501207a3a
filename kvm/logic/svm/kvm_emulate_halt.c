/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's HLT has exited; see svm.h.
 */
#include "svm/svm.h"

/* Goes on behind the instruction, as the processor would: its shadow of STI is over. */
int kvm_emulate_halt(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    vmcb->rip = vmcb->next_rip;
    vmcb->int_state &= ~SVM_INTERRUPT_SHADOW;
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    return 1;
}
