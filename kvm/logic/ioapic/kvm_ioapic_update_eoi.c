/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EOI reaches the I/O APIC; see ioapic.h.
 */
#include "ioapic.h"

/* Only the vector comes back: all entries that have it now are meant. */
void kvm_ioapic_update_eoi(int vector, int trigger_mode)
{
    struct kvm_ioapic *ioapic = &kvm_ioapic;

    raw_spin_lock(&ioapic->lock);
    for (int pin = 0; pin < IOAPIC_NUM_PINS; pin++)
        if (ioapic->redirtbl[pin].fields.vector == vector)
            kvm_ioapic_update_eoi_one(ioapic, trigger_mode, pin);
    raw_spin_unlock(&ioapic->lock);
}
