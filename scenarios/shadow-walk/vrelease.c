/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A release at the begin, as at the end: nothing keeps the reads of the tables behind mode. */
#include "mmu.h"

void walk_shadow_page_lockless_begin(struct kvm_vcpu *vcpu)
{
    local_irq_disable();
    smp_store_release(&vcpu->mode, READING_SHADOW_PAGE_TABLES);
}
