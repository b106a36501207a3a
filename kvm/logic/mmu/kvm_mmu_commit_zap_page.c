/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

/* The flush comes back when no vCPU walks any more that may have found the table linked. */
void kvm_mmu_commit_zap_page(void)
{
    kvm_flush_remote_tlbs();
    kvm_mmu_free_shadow_page();
}
