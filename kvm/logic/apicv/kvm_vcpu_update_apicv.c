/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What KVM_REQ_APICV_UPDATE asks for; see apicv.h.
 */
#include "apicv.h"
#include "irqflags.h"

/* With the lock: the writer has raised the request before it writes the word, and holds the lock until
 * it has. */
void kvm_vcpu_update_apicv(struct kvm_vcpu *vcpu)
{
    struct apicv_vcpu *apicv = to_apicv(vcpu);
    bool activate;

    apicv_lock_read(&kvm_apicv.lock);
    preempt_disable();
    activate = kvm_vcpu_apicv_activated(vcpu);
    if (apicv->active != activate) {
        WRITE_ONCE(apicv->active, activate);
        kvm_x86_refresh_apicv_exec_ctrl(vcpu);
        /* What is pending was the processor's to deliver and is now ours. */
        if (!activate)
            kvm_make_request(KVM_REQ_EVENT, vcpu);
    }
    apicv_unlock_read(&kvm_apicv.lock);
    preempt_enable();
    preempt_check_resched();
}
