/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pending may end the stay in L2; see apicv.h and nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

/* That L2 runs is no reason on Intel. */
unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

bool kvm_x86_is_guest_mode(struct kvm_vcpu *vcpu)
{
    return is_guest_mode(vcpu);
}

bool kvm_x86_check_nested_events(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu))
        vmx_check_nested_events(vcpu);
    return is_guest_mode(vcpu);
}
