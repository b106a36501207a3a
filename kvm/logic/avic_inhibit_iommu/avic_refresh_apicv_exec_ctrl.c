/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCB, table and entries of the IOMMU follow apicv_active; see avic_inhibit_iommu.h.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

/*
 * When the entries have become the host's, no interrupt uses the old ones any more: what has been posted is in IRR, where
 * the EVENT looks that is requested behind this.
 */
void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    WARN_ON(kvm_vcpu_is_blocking(vcpu));
    if (avic_refresh_virtual_apic_mode(vcpu))
        __avic_vcpu_load(vcpu, vcpu->cpu, AVIC_ACTIVATE);
    else
        __avic_vcpu_put(vcpu, AVIC_DEACTIVATE);
}
