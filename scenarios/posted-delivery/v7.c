/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V7: the software drain throws away a vector that the guest has handled before. Made up, to show
 * that a second post of one vector counts: it leaves nothing behind in PIR or in vIRR.
 */
#include "guest.h"
#include "lapic.h"
#include "vmx.h"

static u32 drop_handled(u32 vectors, int word)
{
    for (int bit = 0; bit < 32; bit++)
        if (guest_handled[32 * word + bit])
            vectors &= ~(1u << bit);
    return vectors;
}

void kvm_apic_update_irr(struct kvm_vcpu *vcpu, u64 *pir)
{
    for (int i = 0; i < PIR_WORDS; i++) {
        u64 vectors;

        if (READ_ONCE(pir[i]) == 0)
            continue;
        vectors = xchg64(&pir[i], 0);
        *apic_irr_reg(vcpu->apic_regs, 2 * i) |= drop_handled(vectors, 2 * i);
        *apic_irr_reg(vcpu->apic_regs, 2 * i + 1) |= drop_handled(vectors >> 32, 2 * i + 1);
    }
}
