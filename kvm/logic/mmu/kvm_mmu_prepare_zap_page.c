/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

void kvm_mmu_prepare_zap_page(void)
{
    WRITE_ONCE(parent_spte, SPTE_NONE);
}
