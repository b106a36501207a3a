/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No barrier between mode and the look at requests (B14b).
 */
#include "fastpath.h"
#include "irqflags.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    vmx_sync_pir_to_irr(vcpu);
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    for (;;) {
        vmx_vcpu_run(vcpu);
        if (vmx_exit_handlers_fastpath(vcpu) != EXIT_FASTPATH_REENTER_GUEST)
            break;
        if (kvm_fastpath_exit_request(vcpu))
            break;
    }
    return kvm_finish_exit(vcpu);
}
