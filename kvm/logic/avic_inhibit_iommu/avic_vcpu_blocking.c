/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is about to wait; see avic.h. The entries of one without AVIC are the host's, who wakes it.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        __avic_vcpu_put(vcpu, AVIC_START_BLOCKING);
}
