/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backing out of a guest entry; see kvm_host.h.
 */
#include "irqflags.h"
#include "kvm_host.h"

int kvm_cancel_entry(struct kvm_vcpu *vcpu)
{
    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    local_irq_enable();
    preempt_enable();
    return 1;
}
