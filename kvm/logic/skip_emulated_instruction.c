/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of an instruction that software has emulated; see vmx.h.
 */
#include "vmx.h"

/* The instruction has retired, and with it the shadow of a STI or MOV SS before it. */
void skip_emulated_instruction(struct kvm_vcpu *vcpu)
{
    u32 blocking = vmcs_read32(GUEST_INTERRUPTIBILITY_INFO);

    (void)vcpu;
    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LEN));
    if (blocking & BLOCKED_BY_STI_MOV_SS)
        vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, blocking & ~BLOCKED_BY_STI_MOV_SS);
}
