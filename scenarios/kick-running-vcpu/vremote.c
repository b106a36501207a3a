/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plain store for a vCPU of another core (F3).
 */
#include "kick.h"

void kvm_kick_remote_vcpu(struct kvm_vcpu *vcpu, int me)
{
    (void)me;
    kvm_kick_running_vcpu(vcpu);
}
