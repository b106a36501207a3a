/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the end of a stay in L2 means for L1's AVIC; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

/* At once, so that peers reach it again. What has changed for the VM in between counts, too. */
void nested_svm_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (kvm_apicv_activated())
        kvm_vcpu_update_apicv(vcpu);
}
