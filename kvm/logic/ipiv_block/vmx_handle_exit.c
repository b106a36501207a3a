/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means where the guest's HLT exits and IPIs are virtualized. This folder goes in front
 * of logic/ipiv and logic/block.
 */
#include "block.h"
#include "ipiv/ipiv.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_HLT)
        return kvm_emulate_halt(vcpu);
    if (reason == EXIT_REASON_APIC_WRITE)
        return handle_apic_write(vcpu);
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
