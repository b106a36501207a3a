/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sender asks, and leaves the vCPU where it is.
 */
#include "kvm_lapic.h"

void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    atomic_or(apic_vector_reg(apic, APIC_IRR, vector), apic_vector_bit(vector));
    kvm_make_request(KVM_REQ_EVENT, vcpu);
}
