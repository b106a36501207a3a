/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts off alone: the flush takes the vCPU for one that needs no IPI. */
#include "mmu.h"

void walk_shadow_page_lockless_begin(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    local_irq_disable();
}
