/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request for a scan comes before the interrupt of a line that is up.
 */
#include "ioapic.h"

void ioapic_write_indirect(struct kvm_ioapic *ioapic, int index, union kvm_ioapic_redirect_entry e)
{
    union kvm_ioapic_redirect_entry *entry = &ioapic->redirtbl[index];
    bool level = e.fields.trig_mode == IOAPIC_LEVEL_TRIG;

    e.fields.remote_irr = level ? entry->fields.remote_irr : 0;
    entry->bits = e.bits;
    kvm_make_scan_ioapic_request();
    if (level && (ioapic->irr & BIT(index)))
        ioapic_service(ioapic, index);
}
