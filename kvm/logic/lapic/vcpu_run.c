/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a vCPU thread, with the timer of its APIC; see kvm_host.h.
 */
#include "kvm_lapic.h"

/* UNBLOCK is cleared before the timer is looked at: it stands for one that has expired since. */
int vcpu_run(struct kvm_vcpu *vcpu)
{
    int r;

    do {
        r = vcpu_enter_guest(vcpu);
        kvm_check_request(KVM_REQ_UNBLOCK, vcpu);
        kvm_inject_apic_timer_irqs(vcpu);
    } while (r > 0);
    return r;
}
