/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V1: the wake-up vector is armed only while APICv of the vCPU is active: as before Linux 53b7ca1a3593, in the
 * order of steps of V0.
 */
#include "apicv.h"
#include "block.h"

bool vmx_needs_pi_wakeup(struct kvm_vcpu *vcpu)
{
    return kvm_vcpu_apicv_active(vcpu);
}
