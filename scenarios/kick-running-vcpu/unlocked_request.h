/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request by a plain store: who makes it is the only one, and its vCPU clears no other bit meanwhile.
 */
#include "kick.h"

void kvm_request_and_kick(struct kvm_vcpu *vcpu, int req)
{
    WRITE_ONCE(vcpu->requests, BIT(req));
    kvm_vcpu_kick(vcpu);
}
