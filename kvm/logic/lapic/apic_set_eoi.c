/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EOI by a VM exit; see kvm_lapic.h. [SDM 10.8.5]
 */
#include "kvm_lapic.h"

/* A vector of the class that was in service, or of one below, may be deliverable now. */
void apic_set_eoi(struct kvm_lapic *apic)
{
    int vector = apic_find_highest_isr(apic);

    kvm_lapic_set_reg(apic, APIC_EOI, 0);
    if (vector < 0)
        return;
    *apic_vector_reg(apic, APIC_ISR, vector) &= ~apic_vector_bit(vector);
    apic_update_ppr(apic);
    kvm_ioapic_send_eoi(apic, vector);
    kvm_make_request(KVM_REQ_EVENT, apic->vcpu);
}
