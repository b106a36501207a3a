/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W0n: W0 without the wait: the kick is on its way when the vCPU looks for the last time.
 */
#include "not_preemptible.h"
#include "w0_kick.h"

static void w0_kick(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_kick(vcpu);
}
