/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD's part of APIC virtualization with guests of guests; see apicv.h and svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    return avic_vcpu_get_apicv_inhibit_reasons(vcpu);
}

/* What has come behind that look is L1's as well, and must not be injected into L2: upstream has L2 exit at once, and
 * looks again. */
bool kvm_x86_check_nested_events(struct kvm_vcpu *vcpu)
{
    if (!is_guest_mode(vcpu))
        return false;
    svm_check_nested_events(vcpu);
    if (!is_guest_mode(vcpu))
        return false;
    if (virtual_apic_has_interrupt(vcpu))
        kvm_make_request(KVM_REQ_EVENT, vcpu);
    return true;
}
