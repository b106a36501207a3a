/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: SN is set for each vCPU that is switched out, also for one that sleeps.
 */
#include "block.h"

void vmx_vcpu_pi_put(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_is_blocking(vcpu) && !vmx_interrupt_blocked())
        pi_enable_wakeup_handler(vcpu);
    set_bit(POSTED_INTR_SN, &vcpu->pi_desc.control);    /* V0: only if preempted */
}
