/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vCPU is, in all entries that post to it; see avic_iommu.h.
 */
#include "avic_iommu.h"

void avic_update_iommu_vcpu_affinity(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action)
{
    struct list_head *list = &to_ir(vcpu)->ir_list;

    for (struct list_head *entry = READ_ONCE(list->next); entry != list; entry = READ_ONCE(entry->next)) {
        struct kvm_kernel_irqfd *irqfd = container_of(entry, struct kvm_kernel_irqfd, vcpu_list);

        if (!(action & AVIC_TOGGLE_ON_OFF))
            amd_iommu_update_ga(irqfd->irq_bypass_data, cpu, action & AVIC_START_BLOCKING);
        else if (cpu >= 0)
            amd_iommu_activate_guest_mode(irqfd->irq_bypass_data, cpu, false);
        else
            amd_iommu_deactivate_guest_mode(irqfd->irq_bypass_data);
    }
}
