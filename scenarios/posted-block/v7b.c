/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7b: V7, but the wake-up vector first: its handler may run before the vCPU is on the list.
 */
#include "v7_halt.h"

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    bool on = notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);

    wakeup_list_add(vcpu);
    return on;
}
