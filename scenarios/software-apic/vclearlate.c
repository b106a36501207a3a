/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The request is cleared behind the look that it asks for.
 */
#include "kvm_lapic.h"

void kvm_service_requests(struct kvm_vcpu *vcpu)
{
    if (!test_bit(KVM_REQ_EVENT, &vcpu->requests))
        return;
    inject_pending_event(vcpu);
    clear_bit(KVM_REQ_EVENT, &vcpu->requests);
}
