/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flush, then unlink, then free: a walk that begins behind the flush still finds the table. */
#include "mmu.h"

void kvm_mmu_zap_page(void)
{
    kvm_flush_remote_tlbs();
    kvm_mmu_prepare_zap_page();
    kvm_mmu_free_shadow_page();
}
