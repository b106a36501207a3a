/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is pending in IRR when AVIC goes off is looked at by nobody: no EVENT.
 */
#include "avic_inhibit/avic_inhibit.h"

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
