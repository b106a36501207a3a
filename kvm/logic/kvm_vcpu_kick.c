/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forcing a vCPU out of guest mode; see upstream's Documentation/virt/kvm/vcpu-requests.rst.
 *
 * Left out: waking a vCPU that blocks, because none does here.
 */
#include "apic.h"
#include "irqflags.h"
#include "kvm_host.h"

/*
 * Only the kicker that changes IN_GUEST_MODE to EXITING_GUEST_MODE sends the IPI. Outside guest
 * mode none is needed: the vCPU looks at mode and requests once more before it enters.
 */
void kvm_vcpu_kick(struct kvm_vcpu *vcpu)
{
    int me = get_cpu();
    int cpu = READ_ONCE(vcpu->cpu);

    region_enter(REGION_KICK);
    if (cpu != me && kvm_vcpu_exiting_guest_mode(vcpu) == IN_GUEST_MODE)
        smp_send_reschedule(cpu);
    region_leave(REGION_KICK);
    put_cpu();
}
