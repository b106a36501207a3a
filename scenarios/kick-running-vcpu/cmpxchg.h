/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before aefdc2ed445e: a vCPU is kicked by cmpxchg whichever core it is on, and only the IPI is spared.
 */
#include "kick.h"

void kvm_kick_running_vcpu(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_exiting_guest_mode(vcpu);
}
