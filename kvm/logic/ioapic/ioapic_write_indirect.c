/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A redirection entry changes; see ioapic.h.
 */
#include "ioapic.h"

/*
 * Remote IRR is read-only, and goes when the entry becomes edge triggered. The request is made with the
 * lock still held: a scan that sees the new entry without having seen all that was sent by the old
 * one is then sure to be followed by another before its vCPU enters the guest. (That the interrupt goes
 * out before the request is upstream's order, and scenarios/level-eoi shows what is wrong with it.)
 */
void ioapic_write_indirect(struct kvm_ioapic *ioapic, int index, union kvm_ioapic_redirect_entry e)
{
    union kvm_ioapic_redirect_entry *entry = &ioapic->redirtbl[index];
    bool level = e.fields.trig_mode == IOAPIC_LEVEL_TRIG;

    note_value("entry of the line: %#x", e.bits);
    e.fields.remote_irr = level ? entry->fields.remote_irr : 0;
    entry->bits = e.bits;
    if (level && (ioapic->irr & BIT(index)))
        ioapic_service(ioapic, index);
    kvm_make_scan_ioapic_request();
}
