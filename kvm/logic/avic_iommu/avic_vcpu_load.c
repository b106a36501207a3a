/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU runs on this CPU from now on; see avic.h.
 */
#include "avic_iommu.h"

/* One that blocks and is switched in stays as it is: it gets its new place when it stops blocking. */
void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    if (kvm_vcpu_is_blocking(vcpu))
        return;
    __avic_vcpu_load(vcpu, cpu, AVIC_START_RUNNING);
}
