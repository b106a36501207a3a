/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test between a vCPU's wait state and its sleep, with the request to end the wait; see assign.h.
 */
#include "assign.h"

int kvm_vcpu_check_block(struct kvm_vcpu *vcpu)
{
    if (kvm_arch_vcpu_runnable(vcpu))
        return -1;
    return kvm_check_request(KVM_REQ_UNBLOCK, vcpu) ? -1 : 0;
}
