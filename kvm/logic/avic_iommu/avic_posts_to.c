/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * May interrupts be posted to this vCPU? See avic_iommu.h. Here nothing turns AVIC off.
 */
#include "avic_iommu.h"

bool avic_posts_to(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return true;
}
