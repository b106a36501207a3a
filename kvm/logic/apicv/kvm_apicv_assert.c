/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check before VM entry; see apicv.h.
 */
#include "apicv.h"

void kvm_apicv_assert(struct kvm_vcpu *vcpu)
{
    WARN_ON(kvm_vcpu_apicv_activated(vcpu) != kvm_vcpu_apicv_active(vcpu));
}
