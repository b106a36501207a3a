/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: the handler of the request reads the word without the lock; see apicv.h.
 */
#include "apicv.h"

void kvm_vcpu_update_apicv(struct kvm_vcpu *vcpu)
{
    struct apicv_vcpu *apicv = to_apicv(vcpu);
    bool activate = kvm_vcpu_apicv_activated(vcpu);

    if (apicv->active == activate)
        return;
    WRITE_ONCE(apicv->active, activate);
    kvm_x86_refresh_apicv_exec_ctrl(vcpu);
    if (!activate)
        kvm_make_request(KVM_REQ_EVENT, vcpu);
}
