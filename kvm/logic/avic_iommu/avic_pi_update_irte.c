/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's route of a device's interrupt; see avic_iommu.h.
 */
#include "avic_iommu.h"

/*
 * Place, entry and list under one hold of the lock: the vCPU does not move meanwhile, and whoever moves it later finds
 * the entry on the list. The place is read from the shadow, whatever processors see.
 */
void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct amd_iommu_pi_data pi_data;
    unsigned long flags;

    svm_ir_list_del(irqfd);
    if (!vcpu) {
        amd_ir_set_vcpu_affinity(irqfd->host_irq, NULL);
        return;
    }
    pi_data = avic_pi_data(vcpu, vector);
    flags = ir_list_lock(vcpu);
    avic_pi_set_place(&pi_data, to_avic(vcpu)->physical_id_entry);
    amd_ir_set_vcpu_affinity(irqfd->host_irq, &pi_data);
    irqfd->irq_bypass_data = pi_data.ir_data;
    list_add_tail(&irqfd->vcpu_list, &to_ir(vcpu)->ir_list);
    ir_list_unlock(vcpu, flags);
}
