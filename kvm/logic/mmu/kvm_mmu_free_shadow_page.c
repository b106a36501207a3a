/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

u64 parent_spte = SPTE_PRESENT;
u64 table_spte = SPTE_PRESENT;

void kvm_mmu_free_shadow_page(void)
{
    WRITE_ONCE(table_spte, SPTE_FREED);
}
