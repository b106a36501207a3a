/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No guest of a guest here; see apicv.h. logic/nested_apicv has the other form.
 */
#include "apicv.h"

unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

bool kvm_x86_is_guest_mode(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}

bool kvm_x86_check_nested_events(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return false;
}
