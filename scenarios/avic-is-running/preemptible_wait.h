/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around a vCPU's wait as before 5.19: IsRunning changes with preemption off, but between that and the waiter the vCPU may
 * be preempted. Interrupts come at these two places and at no other.
 */
#include "avic/avic.h"
#include "not_preemptible.h"
#include "preempted.h"

static void before_waiter(void);
static void behind_waiter(void);

void kvm_vcpu_begin_wait(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    avic_vcpu_blocking(vcpu);
    preempt_enable();
    before_waiter();
    prepare_to_rcuwait(&to_block(vcpu)->wait);
}

void kvm_vcpu_end_wait(struct kvm_vcpu *vcpu)
{
    finish_rcuwait(&to_block(vcpu)->wait);
    behind_waiter();
    preempt_disable();
    avic_vcpu_unblocking(vcpu);
    preempt_enable();
}
