/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptor of a vCPU that is switched out; see block.h.
 */
#include "block.h"

/*
 * It may block and be preempted at once: preempted after it has set its wait state. Nobody needs to
 * be told about a preempted vCPU, so SN is set; who switches it in looks at PIR.
 */
void vmx_vcpu_pi_put(struct kvm_vcpu *vcpu)
{
    if (!vmx_needs_pi_wakeup(vcpu))
        return;
    if (kvm_vcpu_is_blocking(vcpu) && !vmx_interrupt_blocked())
        pi_enable_wakeup_handler(vcpu);
    if (to_block(vcpu)->preempted)
        set_bit(POSTED_INTR_SN, &vcpu->pi_desc.control);
}
