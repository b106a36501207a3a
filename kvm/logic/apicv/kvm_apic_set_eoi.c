/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An APIC in software takes a vector, and its EOI; see apicv.h.
 */
#include "apicv.h"
#include "lapic.h"

#define APIC_ISR 0x100

static u32 *isr_reg(struct kvm_vcpu *vcpu, int index)
{
    return (u32 *)(vcpu->apic_regs + APIC_ISR + index * 0x10);
}

int apic_find_highest_isr(struct kvm_vcpu *vcpu)
{
    for (int i = 256 / APIC_VECTORS_PER_REG - 1; i >= 0; i--) {
        u32 isr = *isr_reg(vcpu, i);

        if (isr)
            return i * APIC_VECTORS_PER_REG + fls_index(isr);
    }
    return -1;
}

/* The page may be the processor's again before the next change, and tells whether a halted vCPU has something to do. */
void apic_update_ppr(struct kvm_vcpu *vcpu)
{
    int vector = apic_find_highest_isr(vcpu);

    *(u32 *)(vcpu->apic_regs + APIC_PROCPRI) = vector < 0 ? 0 : vector & 0xf0;
}

void kvm_apic_ack_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    u32 bit = BIT(vector % APIC_VECTORS_PER_REG);

    atomic_and(apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG), ~bit);
    *isr_reg(vcpu, vector / APIC_VECTORS_PER_REG) |= bit;
    apic_update_ppr(vcpu);
}

/* A vector of lower priority may be deliverable now. */
void kvm_apic_set_eoi(struct kvm_vcpu *vcpu)
{
    int vector = apic_find_highest_isr(vcpu);

    if (vector < 0)
        return;
    *isr_reg(vcpu, vector / APIC_VECTORS_PER_REG) &= ~BIT(vector % APIC_VECTORS_PER_REG);
    apic_update_ppr(vcpu);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
}
