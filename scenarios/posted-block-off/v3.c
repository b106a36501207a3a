/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: V1 in the order of steps of Linux 5.15, and both ends of the wait ask.
 */
#include "asks_at_both_ends.h"

static bool can_be_posted_to(struct kvm_vcpu *vcpu)
{
    return kvm_vcpu_apicv_active(vcpu);
}
