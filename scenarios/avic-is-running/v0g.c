/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0g: as in Linux 5.16. A flag says that a vCPU does not block, and changes with IsRunning; the vCPU is preempted at either
 * place of V0f and V0h.
 */
#include "preemptible_wait.h"

static bool blocks[NR_VCPUS];       /* upstream's flag is the opposite, avic_is_running */

static void before_waiter(void)
{
    preempted_here();
}

static void behind_waiter(void)
{
    preempted_here();
}

void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

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
    blocks[vcpu->vcpu_id] = true;
    avic_vcpu_put(vcpu);
}

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    blocks[vcpu->vcpu_id] = false;
    avic_vcpu_load(vcpu, vcpu->cpu);
}
