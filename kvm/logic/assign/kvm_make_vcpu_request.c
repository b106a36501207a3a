/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request for a vCPU that may sleep; see assign.h.
 */
#include "assign.h"

/* One that sleeps is woken and looks at its requests; one in its guest has to leave it first. */
void kvm_make_vcpu_request(int req, struct kvm_vcpu *vcpu)
{
    kvm_make_request(req, vcpu);
    if (!kvm_vcpu_wake_up(vcpu))
        kvm_vcpu_kick(vcpu);
}
