/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posting an interrupt to a vCPU from another core, as in Linux 6.1 and 6.12; see block.h.
 */
#include "block.h"

/*
 * Outside guest mode no kick is needed: the vCPU syncs before it enters. But it may sleep. Left out:
 * a vCPU that posts to itself.
 */
void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    region_enter(REGION_POST);
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc)) {
        region_leave(REGION_POST);
        return;
    }

    region_enter(REGION_NOTIFY);
    if (pi_test_and_set_on(&vcpu->pi_desc)) {
        region_leave(REGION_POST);
        region_leave(REGION_NOTIFY);
        return;
    }
    region_leave(REGION_POST);

    if (!kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_wake_up(vcpu);
    region_leave(REGION_NOTIFY);
}
