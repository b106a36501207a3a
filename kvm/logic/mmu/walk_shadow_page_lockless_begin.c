/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

/* Who frees a table waits for this CPU's interrupts from here on; the barrier keeps the reads of the tables behind mode. */
void walk_shadow_page_lockless_begin(struct kvm_vcpu *vcpu)
{
    local_irq_disable();
    smp_store_mb(vcpu->mode, READING_SHADOW_PAGE_TABLES);
}
