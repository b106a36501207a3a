/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before: the notification goes to the own core, where interrupts are off; the next entry takes it.
 */
#include "fastpath.h"

void vmx_notify_self(struct kvm_vcpu *vcpu)
{
    x2apic_send_IPI(READ_ONCE(vcpu->cpu), POSTED_INTR_VECTOR);
}

void vmx_fastpath_reenter(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
