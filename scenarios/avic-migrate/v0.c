/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0: as merged, and vCPU 0 is to be preempted inside the hook behind its wait.
 */
#include "avic/avic.h"
#include "avic/preempted.h"
#include "not_preemptible.h"

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    int cpu = READ_ONCE(vcpu->cpu);

    preempted_here();
    avic_vcpu_load(vcpu, cpu);
}
