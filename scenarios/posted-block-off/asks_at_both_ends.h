/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocking in the form of Linux 5.15 and 5.16: the vector is armed before the wait, if somebody can post. Here both ends ask;
 * upstream's second one looks whether the first has armed it.
 */
#include "apicv.h"
#include "pre_block.h"
#include "stays_loaded.h"

static bool can_be_posted_to(struct kvm_vcpu *vcpu);

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    bool outstanding = false;

    if (can_be_posted_to(vcpu)) {
        wakeup_list_add(vcpu);
        outstanding = notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);
    }
    if (!outstanding)
        kvm_vcpu_block(vcpu);
    if (can_be_posted_to(vcpu))
        pi_post_block(vcpu);
}
