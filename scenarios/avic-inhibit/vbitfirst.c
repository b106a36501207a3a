/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before 5.17: who sends looks first whether the vCPU has AVIC, and sets the bit in IRR then.
 */
#include "avic_inhibit/avic_inhibit.h"

void svm_deliver_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    bool active = kvm_vcpu_apicv_active(vcpu);

    atomic_or(apic_irr_reg(vcpu->apic_regs, vector / APIC_VECTORS_PER_REG), 1u << vector % APIC_VECTORS_PER_REG);
    smp_mb__after_atomic();
    if (!active) {
        kvm_make_request(KVM_REQ_EVENT, vcpu);
        if (!kvm_vcpu_wake_up(vcpu))
            kvm_vcpu_kick(vcpu);
    } else if (READ_ONCE(vcpu->mode) == IN_GUEST_MODE) {
        avic_ring_doorbell(vcpu);
    } else {
        kvm_vcpu_wake_up(vcpu);
    }
}
