/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest entry in the order that upstream merged in 2017; see kvm_host.h.
 */
#include "irqflags.h"
#include "vmx.h"

/*
 * Interrupts off first: from here a notification stays pending in the local APIC and is taken in
 * guest mode, instead of being eaten by the host's empty handler. Then mode, barrier, and only then
 * ON: a poster that still reads OUTSIDE_GUEST_MODE and sends nothing has set ON before we read it.
 * The last look at mode and requests catches every kick that came too early for an IPI.
 */
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
