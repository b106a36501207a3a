/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first part of guest entry: do what others asked for; see kvm_host.h. EVENT comes last: the others
 * may raise it.
 */
#include "apicv.h"

void kvm_service_requests(struct kvm_vcpu *vcpu)
{
    if (!kvm_request_pending(vcpu))
        return;
    region_enter(REGION_APICV);
    if (kvm_check_request(KVM_REQ_APICV_UPDATE, vcpu))
        kvm_vcpu_update_apicv(vcpu);
    region_leave(REGION_APICV);
    if (kvm_check_request(KVM_REQ_EVENT, vcpu))
        inject_pending_event(vcpu);
}
