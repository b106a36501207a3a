/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put off; when L2 is left the request is raised once more, and finds that the bit has changed already.
 */
#include "deferred.h"

void nested_svm_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (update_is_due(vcpu))
        kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}
