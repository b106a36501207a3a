/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table is read behind the end, as a compiler may do it that knows of no release there. */
#include "mmu.h"

u64 walk_shadow_page_get_mmio_spte(struct kvm_vcpu *vcpu)
{
    u64 parent;

    walk_shadow_page_lockless_begin(vcpu);
    parent = READ_ONCE(parent_spte);
    walk_shadow_page_lockless_end(vcpu);
    return parent == SPTE_PRESENT ? READ_ONCE(table_spte) : SPTE_NONE;
}
