/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request with its kick; see kick.h.
 */
#include "kick.h"

void kvm_request_and_kick(struct kvm_vcpu *vcpu, int req)
{
    kvm_make_request(req, vcpu);
    kvm_vcpu_kick(vcpu);
}
