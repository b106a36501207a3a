/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test comes before the wait state is set: a wake-up between them finds a running thread.
 */
#include "block.h"

bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    struct rcuwait *wait = &to_block(vcpu)->wait;
    bool waited = false;

    prepare_to_rcuwait(wait);
    while (kvm_vcpu_check_block(vcpu) >= 0) {
        set_current_state(TASK_INTERRUPTIBLE);      /* V0: before the test */
        waited = true;
        schedule();
    }
    finish_rcuwait(wait);
    return waited;
}
