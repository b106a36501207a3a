/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the wake-up vector is never armed, which is right only where all who post wake by
 * themselves.
 */
#include "block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}
