/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No page of the APIC is mapped here; see apicv.h. logic/apic_page has one.
 */
#include "apicv.h"

void kvm_zap_apic_page(void)
{
}
