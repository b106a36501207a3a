/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kick of a vCPU from another core; see kick.h.
 */
#include "kick.h"

#include "apic.h"

/* Where it runs is read behind the change of its mode: if it moves then, it has left the guest anyway. */
void kvm_kick_remote_vcpu(struct kvm_vcpu *vcpu, int me)
{
    int cpu;

    if (kvm_vcpu_exiting_guest_mode(vcpu) != IN_GUEST_MODE)
        return;
    cpu = READ_ONCE(vcpu->cpu);
    if (cpu != me)
        smp_send_reschedule(cpu);
}
