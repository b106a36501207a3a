/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On the list and to the wake-up vector behind the last test, instead of before it.
 */
#include "pre_block.h"
#include "stays_loaded.h"

/* True: a notification is outstanding already, do not sleep. */
static bool pi_pre_block(struct kvm_vcpu *vcpu);

bool kvm_vcpu_block(struct kvm_vcpu *vcpu)
{
    struct rcuwait *wait = &to_block(vcpu)->wait;
    bool waited = false;

    prepare_to_rcuwait(wait);
    for (;;) {
        set_current_state(TASK_INTERRUPTIBLE);
        if (kvm_vcpu_check_block(vcpu) < 0)
            break;
        if (pi_pre_block(vcpu))
            __set_current_state(TASK_RUNNING);
        waited = true;
        schedule();
        pi_post_block(vcpu);
    }
    finish_rcuwait(wait);
    return waited;
}
