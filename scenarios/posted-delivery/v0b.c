/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0B: V0 as it stood just before the change. PIR is synced at each entry, for the sake of devices.
 *
 * The sync comes before the look at KVM_REQ_EVENT, and servicing EVENT no longer syncs. A post in
 * between has its request consumed without effect, and the last look at requests finds nothing.
 */
#include "irqflags.h"
#include "v0_deliver.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    vmx_sync_pir_to_irr(vcpu);
    kvm_service_requests(vcpu);     /* EVENT: nothing to inject, the processor does it */

    preempt_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    local_irq_disable();
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
