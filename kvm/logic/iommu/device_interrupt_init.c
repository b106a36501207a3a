/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's end of an assigned device's interrupt; see iommu.h.
 */
#include "desc.h"
#include "iommu.h"

void device_interrupt_init(int vector)
{
    gate_init(&idt_table[vector], (u64)device_interrupt_entry, IST_INTERRUPT);
}
