/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's thread leaves its CPU; see blocking.h. The queue is locked, so nothing here may wake.
 */
#include "blocking.h"

void kvm_sched_out(struct preempt_notifier *notifier, struct task_struct *prev)
{
    struct vcpu_block *block = container_of(notifier, struct vcpu_block, notifier);

    if (prev->on_rq)
        WRITE_ONCE(block->preempted, true);
    kvm_arch_vcpu_put(block->vcpu);
}
