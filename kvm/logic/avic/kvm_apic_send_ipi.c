/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An IPI by software; see avic.h. Left out: delivery modes but fixed.
 */
#include "avic/avic.h"

void kvm_apic_send_ipi(struct kvm_vcpu *source, u32 icrl, u32 icrh)
{
    if (icrl & APIC_ICR_MODE) {
        note_value("IPI that is not modelled, ICR %#x", icrl);
        BUG();
    }
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]) && kvm_apic_match_dest(&vcpus[i], source, icrl, icrh))
            svm_deliver_interrupt(&vcpus[i], icrl & APIC_VECTOR_MASK);
}
