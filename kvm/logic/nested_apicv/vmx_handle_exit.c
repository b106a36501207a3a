/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of L1 and L2; see vmx.h and nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

#define GPR_RAX 0
#define GPR_RCX 1

static void skip_emulated_instruction(void)
{
    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LEN));
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 0);
}

/* Of L1 without APICv, or of L2, which has no APIC but L1's. IPIs go to this vCPU. */
static int handle_wrmsr(struct kvm_vcpu *vcpu)
{
    u32 value = vcpu->gprs[GPR_RAX];

    switch ((u32)vcpu->gprs[GPR_RCX]) {
    case X2APIC_EOI:
        kvm_apic_set_eoi(vcpu);
        if (kvm_vcpu_apicv_active(vcpu))
            vmx_hwapic_isr_update(vcpu);
        break;
    case X2APIC_ICR:
        note_value("sends %#x by L1's APIC", value);
        vmx_deliver_interrupt_apicv(vcpu, value & 0xff);
        break;
    default:
        note_value("WRMSR of the guest to %#x", vcpu->gprs[GPR_RCX]);
        BUG();
    }
    skip_emulated_instruction();
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
    }
    if (reason == EXIT_REASON_VMLAUNCH && !is_guest_mode(vcpu))
        return nested_vmx_run(vcpu);
    if (reason == EXIT_REASON_VMCALL && is_guest_mode(vcpu)) {
        nested_vmx_vmexit(vcpu, reason, 0);
        return 1;
    }
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
