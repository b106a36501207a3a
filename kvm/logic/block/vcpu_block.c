/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run loop's part for a halted vCPU; see blocking.h.
 */
#include "blocking.h"

int vcpu_block(struct kvm_vcpu *vcpu)
{
    if (!kvm_arch_vcpu_runnable(vcpu)) {
        kvm_vcpu_halt(vcpu);
        if (!kvm_arch_vcpu_runnable(vcpu))
            return 1;
    }
    to_block(vcpu)->mp_state = KVM_MP_STATE_RUNNABLE;
    return 1;
}
