/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's HLT has exited; see block.h.
 */
#include "block.h"

/* Goes on behind the instruction, as the processor would: its shadow of STI or MOV SS is over. */
static void skip_emulated_instruction(void)
{
    u32 state = vmcs_read32(GUEST_INTERRUPTIBILITY_INFO);

    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LEN));
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO,
                 state & ~(GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS));
}

int kvm_emulate_halt(struct kvm_vcpu *vcpu)
{
    skip_emulated_instruction();
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    return 1;
}
