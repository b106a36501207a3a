/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One interrupt of a line, if its entry lets it through; see ioapic.h.
 */
#include "ioapic.h"

/* Remote IRR behind the delivery: the EOI may be quicker, but waits for the lock. */
void ioapic_service(struct kvm_ioapic *ioapic, int irq)
{
    union kvm_ioapic_redirect_entry *entry = &ioapic->redirtbl[irq];
    bool level = entry->fields.trig_mode == IOAPIC_LEVEL_TRIG;

    if (entry->fields.mask || (level && entry->fields.remote_irr))
        return;
    kvm_irq_delivery_to_apic(entry);
    if (level)
        entry->fields.remote_irr = 1;
}
