/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is at this CPU: table first, entries of the IOMMU second; see avic_iommu.h.
 */
#include "avic_iommu.h"

void __avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action)
{
    unsigned long flags = ir_list_lock(vcpu);
    u64 entry = to_avic(vcpu)->physical_id_entry;

    WARN_ON(entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK);
    entry &= ~(AVIC_PHYSICAL_ID_ENTRY_HOST_MASK | AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR);
    entry |= cpu | AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;      /* the APIC id equals the core's number */
    to_avic(vcpu)->physical_id_entry = entry;
    avic_update_physical_id(vcpu, entry);
    avic_update_iommu_vcpu_affinity(vcpu, cpu, action);
    ir_list_unlock(vcpu, flags);
}
