/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backing out of a guest entry where there is a scheduler; see kvm_host.h.
 */
#include "blocking.h"

int kvm_cancel_entry(struct kvm_vcpu *vcpu)
{
    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    local_irq_enable();
    preempt_enable();
    preempt_check_resched();
    return 1;
}
