/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's thread is back on a CPU; see blocking.h. Interrupts are on, preemption is off.
 */
#include "blocking.h"

void kvm_sched_in(struct preempt_notifier *notifier, int cpu)
{
    struct vcpu_block *block = container_of(notifier, struct vcpu_block, notifier);

    WRITE_ONCE(block->preempted, false);
    kvm_arch_vcpu_load(block->vcpu, cpu);
}
