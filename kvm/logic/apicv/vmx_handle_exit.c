/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of a guest whose APIC is emulated; see vmx.h.
 */
#include "apicv.h"
#include "vmx.h"

#define GPR_RAX 0
#define GPR_RCX 1
#define GPR_RDX 2

/* SDM vol. 2, WRMSR: the value is in EDX:EAX. EOI takes 0 only. */
static int handle_wrmsr(struct kvm_vcpu *vcpu)
{
    if ((u32)vcpu->gprs[GPR_RCX] != X2APIC_EOI || (u32)vcpu->gprs[GPR_RAX] ||
        (u32)vcpu->gprs[GPR_RDX]) {
        note_value("WRMSR of the guest to %#x", vcpu->gprs[GPR_RCX]);
        BUG();
    }
    kvm_apic_set_eoi(vcpu);
    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LEN));
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 0);
    return 1;
}

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

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
