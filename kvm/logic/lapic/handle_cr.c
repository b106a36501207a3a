/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MOV to and from CR8 where there is no TPR shadow; see kvm_lapic.h. [SDM table 27-3]
 */
#include "kvm_lapic.h"

#define MOV_TO_CR8      0x008
#define MOV_FROM_CR8    0x018
#define GPR_RSP         4

int handle_cr(struct kvm_vcpu *vcpu)
{
    u32 qualification = vmcs_readl(EXIT_QUALIFICATION), access = qualification & 0x3f;
    u32 gpr = qualification >> 8 & 0xf;

    if ((access != MOV_TO_CR8 && access != MOV_FROM_CR8) || gpr == GPR_RSP) {
        note_value("control-register access of the guest that is not emulated, qualification %#x",
                   qualification);
        BUG();
    }
    if (access == MOV_FROM_CR8) {
        vcpu->gprs[gpr] = kvm_get_cr8(vcpu);
    } else if (kvm_set_cr8(vcpu, vcpu->gprs[gpr])) {
        kvm_inject_gp(vcpu);
        return 1;
    }
    skip_emulated_instruction(vcpu);
    return 1;
}
