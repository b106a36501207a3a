/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the hooks around a vCPU's wait as in 5.17 and 5.18, which turn preemption off themselves.
 */
#include "avic/avic.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    avic_vcpu_put(vcpu);
    preempt_enable();
    preempt_check_resched();
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    avic_vcpu_load(vcpu, vcpu->cpu);
    preempt_enable();
    preempt_check_resched();
}
