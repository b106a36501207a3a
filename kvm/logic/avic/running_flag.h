/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: a flag of each vCPU says that it blocks, as before 5.17, and changes with IsRunning.
 */
#include "avic/avic.h"

static bool blocks[NR_VCPUS];       /* upstream's flag is the opposite, avic_is_running */

/* Where an interrupt may come, too. */
static void behind_entry(void);

void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

    behind_entry();
    WARN_ON(entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK);
    entry &= ~AVIC_PHYSICAL_ID_ENTRY_HOST_MASK;
    entry |= cpu;
    if (!blocks[vcpu->vcpu_id])
        entry |= AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    to_avic(vcpu)->physical_id_entry = entry;
    avic_update_physical_id(vcpu, entry);
}

void avic_vcpu_blocking(struct kvm_vcpu *vcpu)
{
    preempt_disable();
    blocks[vcpu->vcpu_id] = true;
    avic_vcpu_put(vcpu);
    preempt_enable();
    preempt_check_resched();
}
