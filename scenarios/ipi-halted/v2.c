/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: the wake-up vector is armed only for a VM with assigned devices, as before IPI virtualization.
 * This one has none.
 */
#include "block/block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}
