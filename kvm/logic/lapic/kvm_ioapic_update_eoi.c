/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For images without an I/O APIC; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

void kvm_ioapic_update_eoi(int vector, int trigger_mode)
{
    (void)trigger_mode;
    note_value("EOI of level-triggered vector %#x, but there is no I/O APIC", vector);
    BUG();
}
