/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking in the form of Linux 4.4 to 5.16, where a device may come and go between the two halves.
 */
#include "assign.h"
#include "pre_block.h"
#include "stays_loaded.h"

/* True: a notification is outstanding already, do not sleep. */
static bool pi_pre_block(struct kvm_vcpu *vcpu);
static void pi_post_block_if_needed(struct kvm_vcpu *vcpu);

static bool arm(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    return notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);
}

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    if (pi_pre_block(vcpu)) {
        pi_post_block(vcpu);    /* of what was done just now, whatever there is by now */
        return;
    }
    kvm_vcpu_block(vcpu);
    pi_post_block_if_needed(vcpu);
}
