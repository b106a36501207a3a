/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: before the change of 2017. Every post raises KVM_REQ_EVENT, and only that request syncs PIR.
 *
 * The request makes the order of guest entry harmless for posters that run on a CPU: one that comes
 * after the sync is caught by the last look at requests. A device raises no request.
 */
#include "irqflags.h"
#include "v0_deliver.h"

void inject_pending_event(struct kvm_vcpu *vcpu)
{
    vmx_sync_pir_to_irr(vcpu);
}

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);     /* sync, if EVENT */

    preempt_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    local_irq_disable();
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
