/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the wait state without its barrier, so that none stands between IsRun and the last look at IRR.
 */
#include "avic_iommu.h"

bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    bool waited = false;

    kvm_vcpu_begin_wait(vcpu);
    for (;;) {
        __set_current_state(TASK_INTERRUPTIBLE);    /* V0: set_current_state() */
        if (kvm_vcpu_check_block(vcpu) < 0)
            break;
        waited = true;
        schedule();
    }
    kvm_vcpu_end_wait(vcpu);
    return waited;
}
