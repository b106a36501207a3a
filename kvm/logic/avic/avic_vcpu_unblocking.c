/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU has stopped waiting; see avic.h. Preemption is off: the CPU stays the same.
 */
#include "avic/avic.h"

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    avic_vcpu_load(vcpu, vcpu->cpu);
}
