/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual-APIC page, as software sees it.
 *
 * After Intel SDM vol. 3, "Virtual APIC State" (29.1.1): vector v is bit v % 32 of the dword at
 * VIRR + v / 32 * 16. Left out: everything of a software APIC except the search for the highest
 * IRR.
 */
#ifndef IRQWEAVE_KVM_LOGIC_LAPIC_H
#define IRQWEAVE_KVM_LOGIC_LAPIC_H

#include "kvm_host.h"

#define APIC_PROCPRI    0x0a0   /* byte offsets in the virtual-APIC page */
#define APIC_IRR        0x200
#define APIC_VECTORS_PER_REG 32

static inline u32 *apic_irr_reg(u8 *apic_regs, int index)
{
    return (u32 *)(apic_regs + APIC_IRR + index * 0x10);
}

/* Highest vector in vIRR, or -1. */
int kvm_lapic_find_highest_irr(struct kvm_vcpu *vcpu);

/* Is there one in vIRR that the guest would take? */
static inline bool virtual_apic_has_interrupt(struct kvm_vcpu *vcpu)
{
    int ppr = vcpu->apic_regs[APIC_PROCPRI];
    int max_irr = kvm_lapic_find_highest_irr(vcpu);

    return max_irr >= 0 && (max_irr & 0xf0) > (ppr & 0xf0);
}

/* Moves the whole PIR into vIRR. */
void kvm_apic_update_irr(struct kvm_vcpu *vcpu, u64 *pir);

#endif
