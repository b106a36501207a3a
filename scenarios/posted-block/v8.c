/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V8: behind the last test, the list first, then the wake-up vector, then a look at ON.
 */
#include "v8_block.h"

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    return notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);
}
