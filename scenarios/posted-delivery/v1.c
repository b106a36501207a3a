/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: the patch as first posted. Interrupts go off before mode is set, but PIR is still synced
 * early.
 */
#include "irqflags.h"
#include "vmx.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);
    vmx_sync_pir_to_irr(vcpu);      /* too early: mode still says OUTSIDE_GUEST_MODE */

    preempt_disable();
    local_irq_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
