/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WRMSR of L1 without APICv, or of L2, which has no APIC but L1's; see vmx.h and nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

#define GPR_RAX 0
#define GPR_RCX 1

/* IPIs go to this vCPU. */
int handle_wrmsr(struct kvm_vcpu *vcpu)
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
    skip_emulated_instruction(vcpu);
    return 1;
}
