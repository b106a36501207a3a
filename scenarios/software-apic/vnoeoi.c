/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EOI ends what is in service, and does not look at what waits behind it.
 */
#include "kvm_lapic.h"

void apic_set_eoi(struct kvm_lapic *apic)
{
    int vector = apic_find_highest_isr(apic);

    if (vector < 0)
        return;
    *apic_vector_reg(apic, APIC_ISR, vector) &= ~apic_vector_bit(vector);
    kvm_ioapic_send_eoi(apic, vector);
}
