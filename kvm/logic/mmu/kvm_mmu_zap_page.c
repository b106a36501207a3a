/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

void kvm_mmu_zap_page(void)
{
    kvm_mmu_prepare_zap_page();
    kvm_mmu_commit_zap_page();
}
