/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V0 in the order of steps of Linux 5.16: both ends of the wait ask for what does not change while there is a device.
 */
#include "asks_at_both_ends.h"

static bool can_be_posted_to(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return true;
}
