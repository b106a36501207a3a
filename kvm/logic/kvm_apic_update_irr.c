/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving posted vectors from PIR into vIRR; see lapic.h.
 */
#include "lapic.h"

/*
 * vIRR needs no locked access: hardware writes it only in guest mode of this very vCPU, and posters
 * go through PIR. PIR does: a bit that is posted between the read and the clearing must survive.
 */
void kvm_apic_update_irr(struct kvm_vcpu *vcpu, u64 *pir)
{
    for (int i = 0; i < PIR_WORDS; i++) {
        u64 pir_val;

        if (READ_ONCE(pir[i]) == 0)
            continue;
        pir_val = xchg64(&pir[i], 0);
        *apic_irr_reg(vcpu->apic_regs, 2 * i) |= (u32)pir_val;
        *apic_irr_reg(vcpu->apic_regs, 2 * i + 1) |= (u32)(pir_val >> 32);
    }
}
