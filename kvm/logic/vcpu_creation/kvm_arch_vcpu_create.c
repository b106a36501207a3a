/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new vCPU's APIC; see vcpu_creation.h.
 */
#include "vcpu_creation/vcpu_creation.h"

/*
 * It begins with APICv on, whatever the word says now, and a request for itself: no other will reach it before it is online.
 * The request is served before its first guest entry, with the word as it is then.
 */
void kvm_arch_vcpu_create(struct kvm_vcpu *vcpu)
{
    WRITE_ONCE(to_apicv(vcpu)->active, true);
    kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}
