/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM exit means where the guest's HLT exits and APICv goes on and off. This folder goes in front
 * of logic/apicv and logic/block.
 */
#include "block.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_HLT)
        return kvm_emulate_halt(vcpu);
    return __vmx_handle_exit(vcpu, reason);
}
