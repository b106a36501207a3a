/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V5: as in Linux 6.6 to 6.16. The entry is in guest mode before it is on the list and has the vCPU's place; until then it
 * says that the vCPU does not run.
 */
#include "avic_iommu.h"

static void svm_ir_list_add(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu)
{
    unsigned long flags = ir_list_lock(vcpu);
    u64 entry = to_avic(vcpu)->physical_id_entry;

    if (entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK)
        amd_iommu_update_ga(irqfd->irq_bypass_data, entry & AVIC_PHYSICAL_ID_ENTRY_HOST_MASK, false);
    list_add_tail(&irqfd->vcpu_list, &to_ir(vcpu)->ir_list);
    ir_list_unlock(vcpu, flags);
}

void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct amd_iommu_pi_data pi_data;

    svm_ir_list_del(irqfd);
    if (!vcpu) {
        amd_ir_set_vcpu_affinity(irqfd->host_irq, NULL);
        return;
    }
    pi_data = avic_pi_data(vcpu, vector);
    pi_data.ga_log_intr = true;         /* always, before 6.17 */
    amd_ir_set_vcpu_affinity(irqfd->host_irq, &pi_data);
    irqfd->irq_bypass_data = pi_data.ir_data;
    svm_ir_list_add(irqfd, vcpu);
}
