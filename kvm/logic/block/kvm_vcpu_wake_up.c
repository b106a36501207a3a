/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waking a vCPU that blocks; see blocking.h. Left out: statistics and the hint for directed yields.
 */
#include "blocking.h"

bool kvm_vcpu_wake_up(struct kvm_vcpu *vcpu)
{
    return rcuwait_wake_up(&to_block(vcpu)->wait);
}
