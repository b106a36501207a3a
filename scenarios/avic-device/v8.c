/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V8: V0, but whoever makes an interrupt a posted one does not take the lock of the vCPU's list.
 */
#include "avic_iommu.h"

void avic_pi_update_irte(struct kvm_kernel_irqfd *irqfd, struct kvm_vcpu *vcpu, u32 vector)
{
    struct amd_iommu_pi_data pi_data = avic_pi_data(vcpu, vector);

    region_enter(REGION_IR);
    avic_pi_set_place(&pi_data, READ_ONCE(to_avic(vcpu)->physical_id_entry));
    amd_ir_set_vcpu_affinity(irqfd->host_irq, &pi_data);
    irqfd->irq_bypass_data = pi_data.ir_data;
    list_add_tail(&irqfd->vcpu_list, &to_ir(vcpu)->ir_list);
    region_leave(REGION_IR);
}
