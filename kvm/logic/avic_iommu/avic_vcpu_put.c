/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU runs nowhere; see avic.h.
 */
#include "avic_iommu.h"

/* One that blocks has been put, and its entries ask for the log. The shadow has one writer: the CPU where it is loaded. */
void avic_vcpu_put(struct kvm_vcpu *vcpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;
    bool blocks = kvm_vcpu_is_blocking(vcpu);

    if (!(entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK)) {
        WARN_ON(!blocks);
        WARN_ON(!(entry & AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR));
        return;
    }
    __avic_vcpu_put(vcpu, blocks ? AVIC_START_BLOCKING : AVIC_STOP_RUNNING);
}
