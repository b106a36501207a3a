/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All vCPUs shall look at the redirection entries; see ioapic.h.
 */
#include "ioapic.h"

void kvm_make_scan_ioapic_request(void)
{
    kvm_make_all_cpus_request(KVM_REQ_SCAN_IOAPIC);
}
