/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IPI in software; see ipiv.h.
 *
 * Fixed, to one vCPU or to all of them. Left out: other delivery modes, logical destinations,
 * shorthands, and the error that an illegal vector leaves in ESR.
 */
#include "ipiv/ipiv.h"

void kvm_apic_send_ipi(struct kvm_vcpu *vcpu, u64 icr)
{
    u32 dest = icr >> 32;

    (void)vcpu;
    if (icr & (APIC_ICR_MODE | APIC_ICR_LOGICAL | APIC_ICR_SHORTHAND)) {
        note_value("IPI that is not modelled, ICR %#x", icr);
        BUG();
    }
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]) && (dest == APIC_BROADCAST || dest == (u32)i))
            vmx_deliver_posted_interrupt(&vcpus[i], (u8)icr);
}
