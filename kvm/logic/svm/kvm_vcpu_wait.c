/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around a vCPU's wait; see blocking.h. On AMD a vCPU that waits is marked before it looks for interrupts for the last time,
 * and on the same CPU: so its thread is not preempted meanwhile.
 */
#include "avic/avic.h"

void kvm_vcpu_begin_wait(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    avic_vcpu_blocking(vcpu);
    prepare_to_rcuwait(&to_block(vcpu)->wait);
    preempt_enable();
    preempt_check_resched();
}

void kvm_vcpu_end_wait(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    finish_rcuwait(&to_block(vcpu)->wait);
    avic_vcpu_unblocking(vcpu);
    preempt_enable();
    preempt_check_resched();
}
