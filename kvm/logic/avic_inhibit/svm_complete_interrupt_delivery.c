/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bit is in IRR: whoever has AVIC is rung or woken, others are to inject; see svm.h, avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

/*
 * IRR, mode, bit, in this order. The vCPU changes its bit outside guest mode and publishes it with the store of the
 * mode: who reads IN_GUEST_MODE reads the bit that its VMRUN goes by, or a later one.
 */
void svm_complete_interrupt_delivery(struct kvm_vcpu *vcpu)
{
    bool in_guest_mode = READ_ONCE(vcpu->mode) == IN_GUEST_MODE;

    if (!kvm_vcpu_apicv_active(vcpu)) {
        kvm_make_request(KVM_REQ_EVENT, vcpu);
        if (!kvm_vcpu_wake_up(vcpu))        /* upstream's kick does both */
            kvm_vcpu_kick(vcpu);
        return;
    }
    if (in_guest_mode)
        avic_ring_doorbell(vcpu);
    else
        kvm_vcpu_wake_up(vcpu);
}
