/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: what is pending in IRR when the processor does not deliver it any more is looked at by nobody; see
 * apicv.h.
 */
#include "apicv/apicv.h"

void kvm_vcpu_update_apicv(struct kvm_vcpu *vcpu)
{
    struct apicv_vcpu *apicv = to_apicv(vcpu);
    bool activate;

    apicv_lock_read(&kvm_apicv.lock);
    activate = kvm_vcpu_apicv_activated(vcpu);
    if (apicv->active != activate) {
        WRITE_ONCE(apicv->active, activate);
        kvm_x86_refresh_apicv_exec_ctrl(vcpu);
    }
    apicv_unlock_read(&kvm_apicv.lock);
}
