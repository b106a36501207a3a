/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest entry, with the look at APICv just before it; see kvm_host.h.
 */
#include "apicv.h"
#include "irqflags.h"
#include "vmx.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    smp_mb();
    vmx_sync_pir_to_irr(vcpu);
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    kvm_apicv_assert(vcpu);
    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
