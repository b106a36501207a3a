/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posting an interrupt to a vCPU from another core; see vmx.h.
 */
#include "vmx.h"

/*
 * PIR, then ON, then mode: the mirror image of vcpu_enter_guest(), which writes mode and then reads
 * ON and PIR. Both locked instructions are full barriers, so at least one side sees the other.
 */
void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    bool on;

    region_enter(REGION_POST);
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc)) {
        region_leave(REGION_POST);
        return;         /* whoever set the bit first also notifies */
    }

    region_enter(REGION_NOTIFY);
    on = pi_test_and_set_on(&vcpu->pi_desc);
    region_leave(REGION_POST);

    /* A notification that is still outstanding will find this vector too. */
    if (!on && !kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_kick(vcpu);
    region_leave(REGION_NOTIFY);
}
