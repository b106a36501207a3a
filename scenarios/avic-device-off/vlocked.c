/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the vCPU has AVIC is asked under the lock of its list, as its place is.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct amd_iommu_pi_data pi_data;
    unsigned long flags;

    svm_ir_list_del(irqfd);
    flags = ir_list_lock(vcpu);
    pi_data = avic_pi_data(vcpu, vector);       /* as merged: before the lock */
    avic_pi_set_place(&pi_data, to_avic(vcpu)->physical_id_entry);
    amd_ir_set_vcpu_affinity(irqfd->host_irq, &pi_data);
    irqfd->irq_bypass_data = pi_data.ir_data;
    list_add_tail(&irqfd->vcpu_list, &to_ir(vcpu)->ir_list);
    ir_list_unlock(vcpu, flags);
}
