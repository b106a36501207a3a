/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request of the timer is cleared behind the look at it.
 */
#include "kvm_lapic.h"

int vcpu_run(struct kvm_vcpu *vcpu)
{
    int r;

    do {
        r = vcpu_enter_guest(vcpu);
        kvm_inject_apic_timer_irqs(vcpu);
        kvm_check_request(KVM_REQ_UNBLOCK, vcpu);
    } while (r > 0);
    return r;
}
