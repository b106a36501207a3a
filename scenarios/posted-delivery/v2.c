/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: only the other half of the change. PIR is synced after mode is set, but interrupts are still
 * on, and the host's empty handler can eat the notification.
 */
#include "irqflags.h"
#include "vmx.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    vmx_sync_pir_to_irr(vcpu);
    local_irq_disable();            /* too late: a notification may have come and gone */
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
