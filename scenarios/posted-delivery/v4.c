/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V4: V3 without the barrier between the store of mode and the load of ON.
 *
 * The compiler keeps the two in order; the store buffer does not make the store visible first.
 */
#include "irqflags.h"
#include "vmx.h"

int vcpu_enter_guest(struct kvm_vcpu *vcpu)
{
    kvm_service_requests(vcpu);

    preempt_disable();
    local_irq_disable();
    WRITE_ONCE(vcpu->mode, IN_GUEST_MODE);
    barrier();                      /* V3: smp_mb() */
    vmx_sync_pir_to_irr(vcpu);
    if (kvm_vcpu_exit_request(vcpu))
        return kvm_cancel_entry(vcpu);

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
