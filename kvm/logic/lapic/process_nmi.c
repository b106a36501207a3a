/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What KVM_REQ_NMI asks for: NMIs that others have sent become the vCPU's own; see kvm_lapic.h.
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
