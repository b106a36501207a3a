/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPR, and which interrupt it lets through; see kvm_lapic.h. [SDM 10.8.3.1]
 */
#include "kvm_lapic.h"

#define CLASS 0xf0

int apic_find_highest_isr(struct kvm_lapic *apic)
{
    for (int i = 256 / APIC_VECTORS_PER_REG - 1; i >= 0; i--) {
        u32 isr = kvm_lapic_get_reg(apic, APIC_ISR + i * 0x10);

        if (isr)
            return i * APIC_VECTORS_PER_REG + fls_index(isr);
    }
    return -1;
}

/* True if it is lower than it was. */
static bool __apic_update_ppr(struct kvm_lapic *apic, u32 *new)
{
    u32 old = kvm_lapic_get_reg(apic, APIC_PROCPRI), tpr = kvm_lapic_get_reg(apic, APIC_TASKPRI);
    int isr = apic_find_highest_isr(apic);
    u32 isrv = isr < 0 ? 0 : isr;
    u32 ppr = (tpr & CLASS) >= (isrv & CLASS) ? tpr & 0xff : isrv & CLASS;

    *new = ppr;
    if (old != ppr)
        kvm_lapic_set_reg(apic, APIC_PROCPRI, ppr);
    return ppr < old;
}

static int apic_has_interrupt_for_ppr(struct kvm_lapic *apic, u32 ppr)
{
    int highest_irr = kvm_lapic_find_highest_irr(apic->vcpu);

    return highest_irr < 0 || (highest_irr & CLASS) <= (int)(ppr & CLASS) ? -1 : highest_irr;
}

/* What a lower priority lets through must be looked for before the next entry. */
void apic_update_ppr(struct kvm_lapic *apic)
{
    u32 ppr;

    if (__apic_update_ppr(apic, &ppr) && apic_has_interrupt_for_ppr(apic, ppr) >= 0)
        kvm_make_request(KVM_REQ_EVENT, apic->vcpu);
}

int kvm_apic_has_interrupt(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    u32 ppr;

    __apic_update_ppr(apic, &ppr);
    return apic_has_interrupt_for_ppr(apic, ppr);
}

/* Others set bits of IRR meanwhile; those of ISR are the vCPU's own. */
int kvm_get_apic_interrupt(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);
    int vector = kvm_apic_has_interrupt(vcpu);
    u32 ppr;

    if (vector < 0)
        return -1;
    atomic_and(apic_vector_reg(apic, APIC_IRR, vector), ~apic_vector_bit(vector));
    *apic_vector_reg(apic, APIC_ISR, vector) |= apic_vector_bit(vector);
    __apic_update_ppr(apic, &ppr);
    return vector;
}
