/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nobody asks for a scan: the EOI-exit bitmap stays empty.
 */
#include "ioapic.h"

void kvm_make_scan_ioapic_request(void)
{
}
