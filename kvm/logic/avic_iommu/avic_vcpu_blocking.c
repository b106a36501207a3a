/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is about to wait; see avic.h.
 */
#include "avic_iommu.h"

/*
 * As for IPIs: IsRun is cleared, and GALogIntr set with it, before the last look at IRR. The unit does the reverse: IRR, then
 * both bits. So either the look finds the bit, or there is an entry in the log, whose interrupt wakes the vCPU.
 */
void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    __avic_vcpu_put(vcpu, AVIC_START_BLOCKING);
}
