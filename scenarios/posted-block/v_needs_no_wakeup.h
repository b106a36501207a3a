/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wake-up vector is never armed: for variants with a CPU as the only poster, which wakes by
 * itself.
 */
#include "block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}
