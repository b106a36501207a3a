/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vendor's part, and who it was; see avic_iommu.h.
 */
#include "avic_iommu.h"

void kvm_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    if (!vcpu && !irqfd->irq_bypass_vcpu)
        return;
    avic_pi_update_irte(irqfd, vcpu, vector);
    irqfd->irq_bypass_vcpu = vcpu;
}
