/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

u64 walk_shadow_page_get_mmio_spte(struct kvm_vcpu *vcpu)
{
    u64 spte = SPTE_NONE;

    walk_shadow_page_lockless_begin(vcpu);
    if (READ_ONCE(parent_spte) == SPTE_PRESENT)
        spte = READ_ONCE(table_spte);
    walk_shadow_page_lockless_end(vcpu);
    return spte;
}
