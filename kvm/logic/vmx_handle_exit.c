/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means, once interrupts are on again; see vmx.h.
 *
 * The guest of these scenarios halts and handles interrupts, both without an exit. So the host's
 * own interrupts are the only legitimate reason; bit 31 of the reason, a failed entry, falls in
 * here too.
 */
#include "vmx.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    (void)vcpu;
    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
