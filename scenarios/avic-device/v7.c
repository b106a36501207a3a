/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7: V0 with the lock around the walk of the list alone, not around the vCPU's place, as before 6.6.
 */
#include "avic_iommu.h"

static void update_entries(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action)
{
    unsigned long flags = ir_list_lock(vcpu);

    avic_update_iommu_vcpu_affinity(vcpu, cpu, action);
    ir_list_unlock(vcpu, flags);
}

static void set_place(struct kvm_vcpu *vcpu, u64 entry)
{
    WRITE_ONCE(to_avic(vcpu)->physical_id_entry, entry);
    avic_update_physical_id(vcpu, entry & ~AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR);
}

void __avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu, enum avic_vcpu_action action)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

    entry &= ~(AVIC_PHYSICAL_ID_ENTRY_HOST_MASK | AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR);
    set_place(vcpu, entry | cpu | AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK);
    update_entries(vcpu, cpu, action);
}

void __avic_vcpu_put(struct kvm_vcpu *vcpu, enum avic_vcpu_action action)
{
    u64 entry = to_avic(vcpu)->physical_id_entry & ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;

    update_entries(vcpu, -1, action);
    set_place(vcpu, action & AVIC_START_BLOCKING ? entry | AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR : entry);
}
