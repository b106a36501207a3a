/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there an interrupt for a halted vCPU? See block.h.
 */
#include "block.h"
#include "lapic.h"

/* An interrupt shows only in vIRR, so what has been posted is moved there first. */
static bool kvm_cpu_has_interrupt(struct kvm_vcpu *vcpu)
{
    int ppr = vcpu->apic_regs[APIC_PROCPRI];
    int max_irr;

    vmx_sync_pir_to_irr(vcpu);
    max_irr = kvm_lapic_find_highest_irr(vcpu);
    return max_irr >= 0 && (max_irr & 0xf0) > (ppr & 0xf0);
}

bool kvm_arch_vcpu_runnable(struct kvm_vcpu *vcpu)
{
    return !vmx_interrupt_blocked() && kvm_cpu_has_interrupt(vcpu);
}
