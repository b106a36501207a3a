/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a vCPU thread, with the request to end its wait; see assign.h.
 */
#include "assign.h"

/* A vCPU that did not wait has nothing to end: what it decides from here on, it decides anew. */
int vcpu_run(struct kvm_vcpu *vcpu)
{
    int r;

    do {
        if (to_block(vcpu)->mp_state == KVM_MP_STATE_RUNNABLE)
            r = vcpu_enter_guest(vcpu);
        else
            r = vcpu_block(vcpu);
        kvm_check_request(KVM_REQ_UNBLOCK, vcpu);
    } while (r > 0);
    return r;
}
