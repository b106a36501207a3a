/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May interrupts be posted to this vCPU? See avic_iommu.h. Asked on any core.
 */
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"

bool avic_posts_to(struct kvm_vcpu *vcpu)
{
    return kvm_vcpu_apicv_active(vcpu);
}
