/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the VM exit back to where the vCPU can be preempted; see kvm_host.h.
 */
#include "irqflags.h"
#include "vmx.h"

/*
 * The interrupt that caused the exit is acknowledged and waits for its handler: it runs before any
 * other interrupt may come in, so before interrupts are enabled.
 */
int kvm_finish_exit(struct kvm_vcpu *vcpu)
{
    WRITE_ONCE(vcpu->mode, OUTSIDE_GUEST_MODE);
    smp_wmb();
    vmx_handle_external_intr(vcpu);
    local_irq_enable();
    preempt_enable();
    return vmx_handle_exit(vcpu);
}
