/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an EOI means to one entry; see ioapic.h.
 */
#include "ioapic.h"

/*
 * Who listens may change the line, which takes the lock. Remote IRR still holds back what comes
 * meanwhile; then it goes, and a line that is up is served once more.
 */
void kvm_ioapic_update_eoi_one(struct kvm_ioapic *ioapic, int trigger_mode, int pin)
{
    union kvm_ioapic_redirect_entry *ent = &ioapic->redirtbl[pin];

    raw_spin_unlock(&ioapic->lock);
    irqfd_resampler_ack(pin);
    raw_spin_lock(&ioapic->lock);
    if (trigger_mode != IOAPIC_LEVEL_TRIG)
        return;
    ent->fields.remote_irr = 0;
    if (!ent->fields.mask && (ioapic->irr & BIT(pin)))
        ioapic_service(ioapic, pin);
}
