/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a vCPU thread; see blocking.h. Rescheduling is the scheduler's: the host is preemptible.
 */
#include "blocking.h"

int vcpu_run(struct kvm_vcpu *vcpu)
{
    int r;

    do {
        if (to_block(vcpu)->mp_state == KVM_MP_STATE_RUNNABLE)
            r = vcpu_enter_guest(vcpu);
        else
            r = vcpu_block(vcpu);
    } while (r > 0);
    return r;
}
