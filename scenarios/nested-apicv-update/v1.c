/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged in 2022 (7c69661e225c): put off, and requested when L2 is left.
 */
#include "deferred.h"

void nested_vmx_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (!to_nested(vcpu)->update_vmcs01_apicv_status)
        return;
    to_nested(vcpu)->update_vmcs01_apicv_status = false;
    kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}
