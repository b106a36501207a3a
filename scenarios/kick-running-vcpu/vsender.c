/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neither the request nor the look at mode is locked: the request may still be in the store buffer (B14a).
 */
#include "unlocked_request.h"

#include "apic.h"

void kvm_kick_remote_vcpu(struct kvm_vcpu *vcpu, int me)
{
    (void)me;
    if (READ_ONCE(vcpu->mode) != IN_GUEST_MODE)
        return;
    if (kvm_vcpu_exiting_guest_mode(vcpu) == IN_GUEST_MODE)
        smp_send_reschedule(READ_ONCE(vcpu->cpu));
}
