/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W1p: IsRunning is never set in the table, and whoever puts a vCPU has nothing to do if it is clear there, as was so before
 * the first posting.
 */
#include "avic_iommu.h"
#include "no_ipiv.h"

/* What there is of IsRunning is in the shadow. */
void avic_vcpu_put(struct kvm_vcpu *vcpu)
{
    to_avic(vcpu)->physical_id_entry &= ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    if (READ_ONCE(avic_physical_id_table[vcpu->vcpu_id]) & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK)
        __avic_vcpu_put(vcpu, AVIC_START_BLOCKING);
}

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
}
