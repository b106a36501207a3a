/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EOI-exit bitmap of the current VMCS; see ioapic.h. [SDM 24.6.8]
 */
#include "ioapic.h"

void vmx_load_eoi_exitmap(const unsigned long *eoi_exit_bitmap)
{
    for (int i = 0; i < 4; i++)
        vmcs_write64(EOI_EXIT_BITMAP0 + 2 * i, eoi_exit_bitmap[i]);
}
