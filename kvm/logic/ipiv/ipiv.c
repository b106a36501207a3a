/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU whose guest's IPIs are virtualized: creating it, and what its VM exits mean; see ipiv.h.
 *
 * Both are in one file because the linker, when it meets the first call of vmx_handle_exit() in
 * kvm/logic, would take the function of that name from there.
 */
#include "ipiv/ipiv.h"

u64 pid_table[NR_VCPUS];

/* The entry comes last: from then on other vCPUs' IPIs find the descriptor, with NV and NDST set. */
void ipiv_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu)
{
    vmx_create_vcpu(vcpu, vcpu_id, cpu);
    vmx_enable_ipiv(vcpu);
    WRITE_ONCE(pid_table[vcpu_id], vmx_pid_table_entry(vcpu));
}

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_APIC_WRITE)
        return handle_apic_write(vcpu);
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}
