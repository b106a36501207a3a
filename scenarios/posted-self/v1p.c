/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1p: as in Linux 5.8 to 5.15: V1, where the wake-up vector is armed and ON is looked at before the wait
 * state is set.
 */
#include "notify_not_self.h"
#include "pre_block.h"
#include "stays_loaded.h"

void kvm_vcpu_halt(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    if (!(notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON)))
        kvm_vcpu_block(vcpu);
    pi_post_block(vcpu);
}
