/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EOI of an APIC in software; see apicv.h.
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

/* A vector of lower priority may be deliverable now. */
void kvm_apic_set_eoi(struct kvm_vcpu *vcpu)
{
    int vector = apic_find_highest_isr(vcpu);

    if (vector < 0)
        return;
    *isr_reg(vcpu, vector / APIC_VECTORS_PER_REG) &= ~BIT(vector % APIC_VECTORS_PER_REG);
    kvm_make_request(KVM_REQ_EVENT, vcpu);
}
