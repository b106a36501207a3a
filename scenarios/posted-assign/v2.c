/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V2: V0, but the request is one that wakes nobody, as most are.
 */
#include "assign.h"

void kvm_make_vcpu_request(int req, struct kvm_vcpu *vcpu)
{
    kvm_make_request(req, vcpu);
    kvm_vcpu_kick(vcpu);
}
