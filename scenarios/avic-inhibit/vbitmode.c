/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends reads the bit before the mode, both behind IRR.
 */
#include "avic_inhibit/avic_inhibit.h"

void svm_complete_interrupt_delivery(struct kvm_vcpu *vcpu)
{
    bool active = kvm_vcpu_apicv_active(vcpu);
    bool in_guest_mode = READ_ONCE(vcpu->mode) == IN_GUEST_MODE;

    if (!active) {
        kvm_make_request(KVM_REQ_EVENT, vcpu);
        if (!kvm_vcpu_wake_up(vcpu))
            kvm_vcpu_kick(vcpu);
    } else if (in_guest_mode) {
        avic_ring_doorbell(vcpu);
    } else {
        kvm_vcpu_wake_up(vcpu);
    }
}
