/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mmu.h"

/* The reads of the tables stay before mode. */
void walk_shadow_page_lockless_end(struct kvm_vcpu *vcpu)
{
    smp_store_release(&vcpu->mode, OUTSIDE_GUEST_MODE);
    local_irq_enable();
}
