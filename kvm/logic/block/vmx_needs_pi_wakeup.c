/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can anybody post without looking whether the vCPU sleeps? See block.h. Upstream says yes if it
 * has a device whose interrupts are posted, or if IPIs are virtualized.
 */
#include "block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return true;
}
