/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is at no CPU: entries of the IOMMU first, table second; see avic_iommu.h.
 */
#include "avic_iommu.h"

/* Processors do not see the flag: its bit of the table has to be 0. */
void __avic_vcpu_put(struct kvm_vcpu *vcpu, enum avic_vcpu_action action)
{
    unsigned long flags = ir_list_lock(vcpu);
    u64 entry = to_avic(vcpu)->physical_id_entry;

    avic_update_iommu_vcpu_affinity(vcpu, -1, action);
    WARN_ON(entry & AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR);
    entry &= ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    avic_update_physical_id(vcpu, entry);
    if (action & AVIC_START_BLOCKING)
        entry |= AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR;
    to_avic(vcpu)->physical_id_entry = entry;
    ir_list_unlock(vcpu, flags);
}
