/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6: V3 without the last look at mode and requests.
 *
 * Posted interrupts do not need it: ON and the notification cover them. A request that was raised
 * after the service of requests and before mode was set has neither.
 */
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
    /* V3: if (kvm_vcpu_exit_request(vcpu)) return kvm_cancel_entry(vcpu); */

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
