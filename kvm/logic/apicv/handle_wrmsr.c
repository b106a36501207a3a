/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WRMSR of a guest whose APIC is emulated; see vmx.h.
 */
#include "apicv.h"
#include "vmx.h"

#define GPR_RAX 0
#define GPR_RCX 1
#define GPR_RDX 2

/* SDM vol. 2, WRMSR: the value is in EDX:EAX. EOI takes 0 only. */
int handle_wrmsr(struct kvm_vcpu *vcpu)
{
    if ((u32)vcpu->gprs[GPR_RCX] != X2APIC_EOI || (u32)vcpu->gprs[GPR_RAX] ||
        (u32)vcpu->gprs[GPR_RDX]) {
        note_value("WRMSR of the guest to %#x", vcpu->gprs[GPR_RCX]);
        BUG();
    }
    kvm_apic_set_eoi(vcpu);
    skip_emulated_instruction(vcpu);
    return 1;
}
