/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request for a scan comes before the interrupt, but neither ends the stay of the vCPU in its guest nor waits.
 */
#include "ioapic.h"

void ioapic_write_indirect(struct kvm_ioapic *ioapic, int index, union kvm_ioapic_redirect_entry e)
{
    union kvm_ioapic_redirect_entry *entry = &ioapic->redirtbl[index];
    bool level = e.fields.trig_mode == IOAPIC_LEVEL_TRIG;

    e.fields.remote_irr = level ? entry->fields.remote_irr : 0;
    entry->bits = e.bits;
    kvm_make_request(KVM_REQ_SCAN_IOAPIC, &vcpus[0]);
    if (level && (ioapic->irr & BIT(index)))
        ioapic_service(ioapic, index);
}
