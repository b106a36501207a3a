/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving posted vectors from PIR into vIRR; see lapic.h. Locked, because others set bits of vIRR where
 * APICv is off.
 */
#include "lapic.h"

void kvm_apic_update_irr(struct kvm_vcpu *vcpu, u64 *pir)
{
    for (int i = 0; i < PIR_WORDS; i++) {
        u64 pir_val;

        if (READ_ONCE(pir[i]) == 0)
            continue;
        pir_val = xchg64(&pir[i], 0);
        if ((u32)pir_val)
            atomic_or(apic_irr_reg(vcpu->apic_regs, 2 * i), (u32)pir_val);
        if (pir_val >> 32)
            atomic_or(apic_irr_reg(vcpu->apic_regs, 2 * i + 1), (u32)(pir_val >> 32));
    }
}
