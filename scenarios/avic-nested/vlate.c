/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When L2 is left the update is asked for, and not done at once.
 */
#include "svm_nested/svm_nested.h"

void nested_svm_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}
