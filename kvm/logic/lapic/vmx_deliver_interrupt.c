/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vector for a vCPU, from any core: posted if the processor delivers, else in IRR; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

/* Either way what is pending is visible before mode is read. */
void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    if (kvm_apic_apicv_active(apic)) {
        vmx_deliver_posted_interrupt(vcpu, vector);
        return;
    }
    atomic_or(apic_vector_reg(apic, APIC_IRR, vector), apic_vector_bit(vector));
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    kvm_vcpu_kick(vcpu);
}
