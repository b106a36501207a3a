/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VM exits that a guest makes while software has its APIC; see vmx.h.
 */
#include "apicv.h"
#include "vmx.h"

int __vmx_handle_exit(struct kvm_vcpu *vcpu, u32 reason)
{
    switch (reason) {
    case EXIT_REASON_EXTERNAL_INTERRUPT:
        return 1;
    case EXIT_REASON_INTERRUPT_WINDOW:
        kvm_make_request(KVM_REQ_EVENT, vcpu);
        return 1;
    case EXIT_REASON_MSR_WRITE:
        return handle_wrmsr(vcpu);
    default:
        note_value("unexpected VM exit, reason %#x", reason);
        BUG();
    }
}
