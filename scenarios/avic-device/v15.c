/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V15: V0, and a vCPU that has lost an interrupt to the host is told to look.
 */
#include "avic_iommu.h"

void kvm_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct kvm_vcpu *old = irqfd->irq_bypass_vcpu;

    if (!vcpu && !old)
        return;
    avic_pi_update_irte(irqfd, vcpu, vector);
    irqfd->irq_bypass_vcpu = vcpu;
    if (old && old != vcpu)
        svm_complete_interrupt_delivery(old);
}
