/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V0, but entries are updated only behind the last look: a vCPU that sleeps is put as it is switched out.
 */
#include "avic_iommu.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}

/* As it is woken: it has been switched out, or not. */
void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    if (to_avic(vcpu)->physical_id_entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK)
        avic_vcpu_put(vcpu);
    avic_vcpu_load(vcpu, vcpu->cpu);
}
