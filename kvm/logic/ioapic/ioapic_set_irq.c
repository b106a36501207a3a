/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the new level of a line means; see ioapic.h.
 */
#include "ioapic.h"

/* An edge needs a line that was down. A level is offered each time: what is in service refuses it. */
void ioapic_set_irq(struct kvm_ioapic *ioapic, int irq, bool level)
{
    bool edge = ioapic->redirtbl[irq].fields.trig_mode == IOAPIC_EDGE_TRIG;
    u32 mask = BIT(irq), old_irr = ioapic->irr;

    if (!level) {
        ioapic->irr &= ~mask;
        return;
    }
    ioapic->irr |= mask;
    if (edge && old_irr == ioapic->irr)
        return;
    ioapic_service(ioapic, irq);
}
