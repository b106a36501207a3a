/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPUs, their APIC pages, and the ledger of requests; see kvm_host.h.
 */
#include "kvm_host.h"

struct kvm_vcpu vcpus[NR_VCPUS];
u8 apic_pages[NR_VCPUS][PAGE_SIZE] __aligned(PAGE_SIZE);
u32 ledger_requested;
u32 ledger_served;
