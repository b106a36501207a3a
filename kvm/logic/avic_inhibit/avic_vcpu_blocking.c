/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is about to wait; see avic.h. One without AVIC is marked as not running already.
 */
#include "avic_inhibit/avic_inhibit.h"

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        avic_vcpu_put(vcpu);
}
