/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V3: as in Linux 5.16: V1 with preemption off in the hook.
 */
#include "avic/preemptible_wait.h"
#include "avic/running_flag.h"

static void before_waiter(void)
{
}

static void behind_waiter(void)
{
}

static void behind_entry(void)
{
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    int cpu = get_cpu();

    WARN_ON(cpu != vcpu->cpu);
    blocks[vcpu->vcpu_id] = false;
    preempted_here();
    avic_vcpu_load(vcpu, cpu);
    put_cpu();
    preempt_check_resched();
}
