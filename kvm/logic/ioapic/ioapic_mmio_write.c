/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write to a redirection entry; see ioapic.h.
 */
#include "ioapic.h"

void ioapic_mmio_write(int index, union kvm_ioapic_redirect_entry e)
{
    raw_spin_lock(&kvm_ioapic.lock);
    ioapic_write_indirect(&kvm_ioapic, index, e);
    raw_spin_unlock(&kvm_ioapic.lock);
}
