/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What L1's VMRUN means for its AVIC; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

/* The request is served before L2 is entered: the vCPU is put then, and IRR looked at once more. */
void nested_svm_vmrun_apicv(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}
