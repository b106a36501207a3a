/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end in the other order: an IPI comes while mode still says that there is a walk. */
#include "mmu.h"

void walk_shadow_page_lockless_end(struct kvm_vcpu *vcpu)
{
    local_irq_enable();
    smp_store_release(&vcpu->mode, OUTSIDE_GUEST_MODE);
}
