/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before 5.17: the targets of an IPI that has exited are woken, and that is all.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "not_preemptible.h"

void avic_kick_vcpu(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_wake_up(vcpu);
}
