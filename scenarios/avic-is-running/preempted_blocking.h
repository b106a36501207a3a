/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU is marked as not running, and preempted behind that, once.
 */
#include "avic/avic.h"
#include "avic/preempted.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_put(vcpu);
    wake_up_process(&better_task.task);
}
