/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0g: as in Linux 5.16. A flag says that a vCPU blocks; the vCPU is preempted at either place of V0f and V0h.
 */
#include "avic/preemptible_wait.h"
#include "avic/running_flag.h"

static void before_waiter(void)
{
    preempted_here();
}

static void behind_waiter(void)
{
    preempted_here();
}

static void behind_entry(void)
{
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    blocks[vcpu->vcpu_id] = false;
    avic_vcpu_load(vcpu, vcpu->cpu);
    preempt_enable();
    preempt_check_resched();
}
