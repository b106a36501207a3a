/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt posts to its vCPU no more; see avic_iommu.h.
 */
#include "avic_iommu.h"

void svm_ir_list_del(struct kvm_kernel_irqfd *irqfd)
{
    struct kvm_vcpu *vcpu = irqfd->irq_bypass_vcpu;
    unsigned long flags;

    if (!vcpu)
        return;
    flags = ir_list_lock(vcpu);
    list_del(&irqfd->vcpu_list);
    ir_list_unlock(vcpu, flags);
}
