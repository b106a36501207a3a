/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is about to wait; see avic.h.
 */
#include "avic/avic.h"

/*
 * IsRunning is cleared before the last look at IRR, with the barrier of set_current_state() in between. A processor that
 * sends an IPI does the reverse: IRR, then IsRunning. So either the look finds the bit, or the processor leaves its guest,
 * and its host wakes the vCPU.
 */
void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
}
