/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remote IRR goes before the device is asked whether it wants more.
 */
#include "ioapic.h"

void kvm_ioapic_update_eoi_one(struct kvm_ioapic *ioapic, int trigger_mode, int pin)
{
    union kvm_ioapic_redirect_entry *ent = &ioapic->redirtbl[pin];

    if (trigger_mode == IOAPIC_LEVEL_TRIG)
        ent->fields.remote_irr = 0;
    raw_spin_unlock(&ioapic->lock);
    irqfd_resampler_ack(pin);
    raw_spin_lock(&ioapic->lock);
    if (trigger_mode == IOAPIC_LEVEL_TRIG && !ent->fields.mask && (ioapic->irr & BIT(pin)))
        ioapic_service(ioapic, pin);
}
