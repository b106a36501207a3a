/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V1, but vCPU 0 is preempted a little later, behind the look at its entry.
 */
#include "avic/preemptible_wait.h"
#include "avic/running_flag.h"

static void before_waiter(void)
{
}

static void behind_waiter(void)
{
}

static bool in_hook;

static void behind_entry(void)
{
    if (in_hook) {
        in_hook = false;
        preempted_here();
    }
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    blocks[vcpu->vcpu_id] = false;
    in_hook = true;
    avic_vcpu_load(vcpu, vcpu->cpu);
}
