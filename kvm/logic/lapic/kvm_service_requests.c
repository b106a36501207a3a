/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first part of guest entry: do what others asked for; see kvm_host.h. EVENT comes last: the others
 * may raise it.
 */
#include "kvm_lapic.h"

void process_nmi(struct kvm_vcpu *vcpu)
{
    struct kvm_lapic *apic = vcpu_to_lapic(vcpu);

    apic->nmi_pending += xchg32(&apic->nmi_queued, 0);
    if (apic->nmi_pending > 2)
        apic->nmi_pending = 2;          /* one in its handler, and one that waits */
    kvm_make_request(KVM_REQ_EVENT, vcpu);
}

void kvm_service_requests(struct kvm_vcpu *vcpu)
{
    if (!kvm_request_pending(vcpu))
        return;
    if (kvm_check_request(KVM_REQ_NMI, vcpu))
        process_nmi(vcpu);
    if (kvm_check_request(KVM_REQ_EVENT, vcpu))
        inject_pending_event(vcpu);
}
