/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means where the guest's HLT exits; see block.h.
 */
#include "block.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_HLT)
        return kvm_emulate_halt(vcpu);
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
