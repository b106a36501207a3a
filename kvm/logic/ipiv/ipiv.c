/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU whose guest's IPIs are virtualized; see ipiv.h.
 */
#include "ipiv/ipiv.h"

u64 pid_table[NR_VCPUS];

/* The entry comes last: from then on other vCPUs' IPIs find the descriptor, with NV and NDST set. */
void ipiv_init_vcpu(struct kvm_vcpu *vcpu)
{
    vmx_enable_ipiv(vcpu);
    WRITE_ONCE(pid_table[vcpu->vcpu_id], vmx_pid_table_entry(vcpu));
}

void ipiv_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu)
{
    vmx_create_vcpu(vcpu, vcpu_id, cpu);
    ipiv_init_vcpu(vcpu);
}
