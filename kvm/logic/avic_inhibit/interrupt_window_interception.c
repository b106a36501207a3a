/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit 64h: the guest could take an interrupt now; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

int interrupt_window_interception(struct kvm_vcpu *vcpu)
{
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    kvm_x86_enable_irq_window(vcpu, false);
    return 1;
}
