/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means where the guest's HLT exits; see block.h.
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

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_HLT) {
        skip_emulated_instruction();
        to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
        return 1;
    }
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
