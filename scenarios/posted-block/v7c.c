/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7c: V7 without the look at ON behind the switch.
 */
#include "v7_halt.h"

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR);
    return false;
}
