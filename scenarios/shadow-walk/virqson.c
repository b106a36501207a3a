/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mode alone: the IPI is taken in the middle of the walk. */
#include "mmu.h"

void walk_shadow_page_lockless_begin(struct kvm_vcpu *vcpu)
{
    smp_store_mb(vcpu->mode, READING_SHADOW_PAGE_TABLES);
}
