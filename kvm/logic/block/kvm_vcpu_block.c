/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleeping until there is something to do; see block.h.
 */
#include "block.h"

/*
 * State, barrier, test, sleep. A waker sets its condition, then a barrier, then looks for the
 * waiter and its state: it finds them, or the test finds the condition.
 */
bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    struct rcuwait *wait = &to_block(vcpu)->wait;
    bool waited = false;

    region_enter(REGION_BLOCK);
    prepare_to_rcuwait(wait);
    for (;;) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (kvm_vcpu_check_block(vcpu) < 0)
            break;
        waited = true;
        schedule();
    }
    finish_rcuwait(wait);
    region_leave(REGION_BLOCK);
    return waited;
}
