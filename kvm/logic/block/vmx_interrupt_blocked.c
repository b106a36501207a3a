/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could the guest of the current VMCS not take an interrupt if it ran? See block.h.
 */
#include "block.h"

bool vmx_interrupt_blocked(void)
{
    return !(vmcs_readl(GUEST_RFLAGS) & X86_EFLAGS_IF) ||
           (vmcs_read32(GUEST_INTERRUPTIBILITY_INFO) &
            (GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS));
}
