/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wait state is a plain store, and no barrier follows before the test.
 */
#include "block.h"

bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    struct rcuwait *wait = &to_block(vcpu)->wait;
    bool waited = false;

    prepare_to_rcuwait(wait);
    for (;;) {
        __set_current_state(TASK_INTERRUPTIBLE);    /* V0: set_current_state() */
        if (kvm_vcpu_check_block(vcpu) < 0)
            break;
        waited = true;
        schedule();
    }
    finish_rcuwait(wait);
    return waited;
}
