/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The highest pending vector in the virtual-APIC page; see lapic.h.
 */
#include "lapic.h"

int kvm_lapic_find_highest_irr(struct kvm_vcpu *vcpu)
{
    for (int i = 256 / APIC_VECTORS_PER_REG - 1; i >= 0; i--) {
        u32 irr = *apic_irr_reg(vcpu->apic_regs, i);

        if (irr)
            return i * APIC_VECTORS_PER_REG + fls_index(irr);
    }
    return -1;
}
