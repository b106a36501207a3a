/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sender sets the bit in IRR and kicks, and asks for nothing.
 */
#include "kvm_lapic.h"

void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    atomic_or(apic_vector_reg(apic, APIC_IRR, vector), apic_vector_bit(vector));
    kvm_vcpu_kick(vcpu);
}
