/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AMD's part of APIC virtualization with guests of guests; see apicv.h and svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    return avic_vcpu_get_apicv_inhibit_reasons(vcpu);
}

void kvm_x86_check_nested_events(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu))
        svm_check_nested_events(vcpu);
}
