/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kick without a request (F4): the vCPU looks at what others have changed each time before it enters, and is kicked.
 */
#include "kick.h"

void kvm_service_requests(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    ledger_served = READ_ONCE(ledger_requested);
}

void kvm_request_and_kick(struct kvm_vcpu *vcpu, int req)
{
    (void)req;
    kvm_vcpu_kick(vcpu);
}
