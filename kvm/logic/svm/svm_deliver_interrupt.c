/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt for a vCPU, by software; see svm.h.
 */
#include "svm/svm.h"

/*
 * IRR first, then mode: the mirror image of vcpu_enter_guest(), which writes mode and then has VMRUN look at IRR.
 * The locked instruction is the barrier between the two.
 */
void svm_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    u32 *irr = apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG);

    atomic_or(irr, 1u << vector % APIC_VECTORS_PER_REG);
    smp_mb__after_atomic();
    svm_complete_interrupt_delivery(vcpu);
}
