/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0hp: V0, and the same interrupt as in V0h.
 */
#include "avic/avic.h"
#include "not_preemptible.h"
#include "avic/preempted.h"

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    preempted_here();
    avic_vcpu_load(vcpu, vcpu->cpu);
}
