/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V6: as V5, and IPIs are not virtualized, as in KVM (since 6.0), which inhibits APICv for a VM with an APIC id that is
 * not the number of its vCPU (APICV_INHIBIT_REASON_APIC_ID_MODIFIED). Software finds the target by its id. Here the
 * inhibition is a table without entries: the write exits.
 */
#include "ipiv/ipiv.h"

static u32 apic_id(int vcpu_id)
{
    return 1 - vcpu_id;
}

u64 vmx_pid_table_entry(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

void kvm_apic_send_ipi(struct kvm_vcpu *vcpu, u64 icr)
{
    (void)vcpu;
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]) && icr >> 32 == apic_id(i))
            vmx_deliver_posted_interrupt(&vcpus[i], (u8)icr);
}
