/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU's own reasons against AVIC; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

unsigned long avic_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    return is_guest_mode(vcpu) ? BIT(APICV_INHIBIT_REASON_NESTED) : 0;
}
