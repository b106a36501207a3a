/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: as in Linux 5.15, where preemption is on in the hook; vCPU 0 is preempted behind the look where it is.
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
    int cpu;

    blocks[vcpu->vcpu_id] = false;
    cpu = READ_ONCE(vcpu->cpu);
    preempted_here();
    avic_vcpu_load(vcpu, cpu);
}
