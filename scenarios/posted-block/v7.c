/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7: as in Linux 4.8. On the list first, then the wake-up vector.
 */
#include "v7_halt.h"

static bool pi_pre_block(struct kvm_vcpu *vcpu)
{
    wakeup_list_add(vcpu);
    return notify_with(vcpu, POSTED_INTR_WAKEUP_VECTOR) & BIT(POSTED_INTR_ON);
}
