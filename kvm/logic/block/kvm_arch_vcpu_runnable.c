/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there an interrupt for a halted vCPU? See block.h.
 */
#include "block.h"
#include "lapic.h"

/* An interrupt shows only in vIRR, so what has been posted is moved there first. */
bool kvm_arch_vcpu_runnable(struct kvm_vcpu *vcpu)
{
    if (vmx_interrupt_blocked())
        return false;
    vmx_sync_pir_to_irr(vcpu);
    return virtual_apic_has_interrupt(vcpu);
}
