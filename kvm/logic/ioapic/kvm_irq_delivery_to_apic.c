/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt of the I/O APIC to one vCPU's local APIC; see ioapic.h.
 */
#include "ioapic.h"

/* TMR first: who finds the vector in service looks there for what its EOI means. */
static void apic_accept_irq(struct kvm_vcpu *vcpu, int vector, int trig_mode)
{
    u32 bit = BIT(vector % 32);
    u32 *tmr = apic_vector_reg(vcpu, APIC_TMR, vector);

    if (apic_test_vector(vcpu, APIC_TMR, vector) != !!trig_mode) {
        if (trig_mode)
            atomic_or(tmr, bit);
        else
            atomic_and(tmr, ~bit);
    }
    vmx_deliver_posted_interrupt(vcpu, vector);
}

void kvm_irq_delivery_to_apic(const union kvm_ioapic_redirect_entry *entry)
{
    apic_accept_irq(&vcpus[entry->fields.dest_id], entry->fields.vector, entry->fields.trig_mode);
}
