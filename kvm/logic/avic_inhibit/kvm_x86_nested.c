/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No guest of a guest here; see apicv.h. logic/svm_nested has the other form.
 */
#include "avic_inhibit/avic_inhibit.h"

unsigned long kvm_x86_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

void kvm_x86_check_nested_events(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
