/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EOI while the line is up clears remote IRR, and that is all.
 */
#include "ioapic.h"

void kvm_ioapic_update_eoi_one(struct kvm_ioapic *ioapic, int trigger_mode, int pin)
{
    raw_spin_unlock(&ioapic->lock);
    irqfd_resampler_ack(pin);
    raw_spin_lock(&ioapic->lock);
    if (trigger_mode == IOAPIC_LEVEL_TRIG)
        ioapic->redirtbl[pin].fields.remote_irr = 0;
}
