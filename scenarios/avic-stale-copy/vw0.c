/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W0: a vCPU that blocks kicks all others, and waits until none of them is in its guest.
 */
#include "not_preemptible.h"
#include "w0_kick.h"

static void ack_kick(void *unused)
{
    (void)unused;
}

static void w0_kick(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) != OUTSIDE_GUEST_MODE)
        smp_call_function_single(READ_ONCE(vcpu->cpu), ack_kick, NULL);
}
