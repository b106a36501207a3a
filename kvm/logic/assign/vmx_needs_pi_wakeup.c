/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can a device post? See assign.h.
 */
#include "assign.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return kvm_arch_has_assigned_device();
}
