/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in 6.1 to 6.16: the vCPU is put or loaded first, and then its entries change their form. Guest mode begins with IsRun = 0,
 * and whoever does not run asks for the log at all times.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

static void avic_set_pi_irte_mode(struct kvm_vcpu *vcpu, bool activate)
{
    struct list_head *list = &to_ir(vcpu)->ir_list;
    unsigned long flags = ir_list_lock(vcpu);

    for (struct list_head *entry = READ_ONCE(list->next); entry != list; entry = READ_ONCE(entry->next)) {
        struct kvm_kernel_irqfd *irqfd = container_of(entry, struct kvm_kernel_irqfd, vcpu_list);

        if (activate)
            amd_iommu_activate_guest_mode(irqfd->irq_bypass_data, -1, true);
        else
            amd_iommu_deactivate_guest_mode(irqfd->irq_bypass_data);
    }
    ir_list_unlock(vcpu, flags);
}

/* There is no entry in guest mode for load to update, and the shadow has no flag for the log. */
void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    bool activated = avic_refresh_virtual_apic_mode(vcpu);

    if (activated)
        __avic_vcpu_load(vcpu, vcpu->cpu, AVIC_START_RUNNING);
    else
        __avic_vcpu_put(vcpu, AVIC_STOP_RUNNING);
    avic_set_pi_irte_mode(vcpu, activated);
}
