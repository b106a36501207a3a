/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU and the thread that runs it; see blocking.h.
 */
#include "blocking.h"

struct vcpu_block vcpu_blocks[NR_VCPUS];

void kvm_vcpu_block_init(struct kvm_vcpu *vcpu, int vcpu_id, union thread_union *thread)
{
    struct vcpu_block *block = &vcpu_blocks[vcpu_id];

    block->vcpu = vcpu;
    block->notifier = (struct preempt_notifier) { kvm_sched_in, kvm_sched_out };
    thread->task.notifier = &block->notifier;
    vcpu->vcpu_id = vcpu_id;
    vcpu->cpu = -1;
}

/* The vCPU has been loaded where its thread begins: what vcpu_load() does before the first run. */
void vcpu_thread(void *vcpu)
{
    vcpu_run(vcpu);
}
