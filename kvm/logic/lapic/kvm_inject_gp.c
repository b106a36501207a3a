/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of an instruction that software has emulated: it faults, or is over; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

#define VECTOR_GP               13
#define INTR_TYPE_HARD_EXCEPTION (3u << 8)
#define INTR_INFO_DELIVER_CODE  0x800

void kvm_inject_gp(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    vmcs_write32(VM_ENTRY_EXCEPTION_ERROR_CODE, 0);
    vmcs_write32(VM_ENTRY_INTR_INFO_FIELD,
                 VECTOR_GP | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_DELIVER_CODE | INTR_INFO_VALID);
}

/* The instruction has retired, and with it the shadow of a STI before it. */
void skip_emulated_instruction(struct kvm_vcpu *vcpu)
{
    u32 blocking = vmcs_read32(GUEST_INTERRUPTIBILITY_INFO);

    (void)vcpu;
    vmcs_writel(GUEST_RIP, vmcs_readl(GUEST_RIP) + vmcs_read32(VM_EXIT_INSTRUCTION_LEN));
    if (blocking & BLOCKED_BY_STI_MOV_SS)
        vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, blocking & ~BLOCKED_BY_STI_MOV_SS);
}
