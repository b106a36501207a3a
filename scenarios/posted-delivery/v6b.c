/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6b: V6 with interrupts turned off only after the sync. Not in the mail thread: it shows what the
 * last look and the early interrupt-disable guard together. A kicker finds IN_GUEST_MODE, turns it
 * to EXITING and sends its IPI, which the host's handler eats; the vCPU then enters the guest with
 * mode = EXITING, and every later kick and post stays silent.
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
    local_irq_disable();

    vmx_vcpu_run(vcpu);
    return kvm_finish_exit(vcpu);
}
