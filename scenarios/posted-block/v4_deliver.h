/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The poster sets ON with a plain store: no barrier between it and the look at mode.
 *
 * One byte, so that the other fields of the word are not touched; no other may post meanwhile.
 */
#include "block.h"

static bool plain_test_and_set_on(struct pi_desc *pi_desc)
{
    u8 *byte = (u8 *)&pi_desc->control;
    u8 old = READ_ONCE(*byte);

    WRITE_ONCE(*byte, old | BIT(POSTED_INTR_ON));
    return old & BIT(POSTED_INTR_ON);
}

void vmx_deliver_posted_interrupt(struct kvm_vcpu *vcpu, int vector)
{
    region_enter(REGION_POST);
    if (pi_test_and_set_pir(vector, &vcpu->pi_desc)) {
        region_leave(REGION_POST);
        return;
    }

    region_enter(REGION_NOTIFY);
    if (plain_test_and_set_on(&vcpu->pi_desc)) {    /* V0: pi_test_and_set_on() */
        region_leave(REGION_POST);
        region_leave(REGION_NOTIFY);
        return;
    }
    region_leave(REGION_POST);

    if (!kvm_vcpu_trigger_posted_interrupt(vcpu))
        kvm_vcpu_wake_up(vcpu);
    region_leave(REGION_NOTIFY);
}
