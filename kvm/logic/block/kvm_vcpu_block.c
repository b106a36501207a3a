/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sleeping until there is something to do; see blocking.h.
 */
#include "blocking.h"

/*
 * State, barrier, test, sleep. A waker sets its condition, then a barrier, then looks for the
 * waiter and its state: it finds them, or the test finds the condition.
 */
bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    bool waited = false;

    kvm_vcpu_begin_wait(vcpu);
    for (;;) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (kvm_vcpu_check_block(vcpu) < 0)
            break;
        waited = true;
        schedule();
    }
    kvm_vcpu_end_wait(vcpu);
    return waited;
}
