/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: what becomes of an entry when AVIC of its vCPU goes off (cpu = -1) or on is what toggle() says.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

static void toggle(struct amd_ir_data *ir_data, int cpu);

void avic_update_iommu_vcpu_affinity(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action)
{
    struct list_head *list = &to_ir(vcpu)->ir_list;

    for (struct list_head *entry = READ_ONCE(list->next); entry != list; entry = READ_ONCE(entry->next)) {
        struct kvm_kernel_irqfd *irqfd = container_of(entry, struct kvm_kernel_irqfd, vcpu_list);

        if (action & AVIC_TOGGLE_ON_OFF)
            toggle(irqfd->irq_bypass_data, cpu);
        else
            amd_iommu_update_ga(irqfd->irq_bypass_data, cpu, action & AVIC_START_BLOCKING);
    }
}
