/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the place of a vCPU whose interrupt becomes a posted one comes from place_of().
 */
#include "avic_iommu.h"

/* As the shadow entry is in V0. */
static u64 place_of(struct kvm_vcpu *vcpu);

void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct amd_iommu_pi_data pi_data = avic_pi_data(vcpu, vector);
    unsigned long flags = ir_list_lock(vcpu);

    avic_pi_set_place(&pi_data, place_of(vcpu));
    amd_ir_set_vcpu_affinity(irqfd->host_irq, &pi_data);
    irqfd->irq_bypass_data = pi_data.ir_data;
    list_add_tail(&irqfd->vcpu_list, &to_ir(vcpu)->ir_list);
    ir_list_unlock(vcpu, flags);
}
