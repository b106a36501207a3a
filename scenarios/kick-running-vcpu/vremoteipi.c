/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plain store for a vCPU of another core, with the IPI that goes with the cmpxchg.
 */
#include "kick.h"

#include "apic.h"

void kvm_kick_remote_vcpu(struct kvm_vcpu *vcpu, int me)
{
    int cpu;

    if (READ_ONCE(vcpu->mode) != IN_GUEST_MODE)
        return;
    WRITE_ONCE(vcpu->mode, EXITING_GUEST_MODE);
    cpu = READ_ONCE(vcpu->cpu);
    if (cpu != me)
        smp_send_reschedule(cpu);
}
