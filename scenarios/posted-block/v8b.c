/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V8b: V8, but the list last: the handler may run before, finds nobody, and nobody looks again.
 */
#include "v8_block.h"

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    bool on = notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);

    wakeup_list_add(vcpu);
    return on;
}
