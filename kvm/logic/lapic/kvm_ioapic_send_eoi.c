/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EOI of a level-triggered interrupt goes on to the I/O APIC; see kvm_lapic.h. [SDM 10.8.5]
 */
#include "kvm_lapic.h"

void kvm_ioapic_send_eoi(struct kvm_lapic *apic, int vector)
{
    bool level = *apic_vector_reg(apic, APIC_TMR, vector) & apic_vector_bit(vector);

    if (level && !(kvm_lapic_get_reg(apic, APIC_SPIV) & APIC_SPIV_DIRECTED_EOI))
        kvm_ioapic_update_eoi(vector, level);
}
