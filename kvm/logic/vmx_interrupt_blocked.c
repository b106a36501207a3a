/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could the guest of the current VMCS not take an interrupt if it ran? See vmx.h.
 */
#include "irqflags.h"
#include "vmx.h"

bool vmx_interrupt_blocked(void)
{
    return !(vmcs_readl(GUEST_RFLAGS) & X86_EFLAGS_IF) ||
           (vmcs_read32(GUEST_INTERRUPTIBILITY_INFO) & BLOCKED_BY_STI_MOV_SS);
}
