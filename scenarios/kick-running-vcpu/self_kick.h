/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A post to the vCPU of this very core kicks it, without a request: ON is what it is for.
 */
#include "kick.h"

void vmx_notify_self(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_kick(vcpu);
}
