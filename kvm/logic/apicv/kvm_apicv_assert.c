/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check before VM entry; see apicv.h.
 */
#include "apicv.h"

void kvm_apicv_assert(struct kvm_vcpu *vcpu)
{
    WARN_ON(kvm_apicv_activated() != kvm_vcpu_apicv_active(vcpu));
}
