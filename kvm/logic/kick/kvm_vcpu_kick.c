/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forcing a vCPU out of guest mode, as of Linux 5.17 (aefdc2ed445e); see kick.h.
 */
#include "kick.h"

#include "apic.h"
#include "irqflags.h"

/*
 * Who runs the vCPU on this core is its only thread, which has left the guest: others change its mode from IN_GUEST_MODE to
 * EXITING_GUEST_MODE and no other way, which is just what is stored here.
 */
void kvm_vcpu_kick(struct kvm_vcpu *vcpu)
{
    int me = get_cpu();

    region_enter(REGION_KICK);
    if (vcpu == kvm_running_vcpu[me])
        kvm_kick_running_vcpu(vcpu);
    else
        kvm_kick_remote_vcpu(vcpu, me);
    region_leave(REGION_KICK);
    put_cpu();
}
