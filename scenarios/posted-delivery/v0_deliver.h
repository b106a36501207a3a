/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The poster of V0 and V0B: every post that is not merged with an older one raises KVM_REQ_EVENT.
 *
 * The request comes before the look at mode, so that it works even where the notification does not.
 */
#include "vmx.h"

void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    bool on;

    region_enter(REGION_POST);
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc)) {
        region_leave(REGION_POST);
        return;
    }

    region_enter(REGION_NOTIFY);
    on = pi_test_and_set_on(&vcpu->pi_desc);
    region_leave(REGION_POST);

    kvm_make_request(KVM_REQ_EVENT, vcpu);
    smp_mb__after_atomic();
    if (on || !kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_kick(vcpu);
    region_leave(REGION_NOTIFY);
}
