/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0d: V0p, but a vCPU that blocks is marked as running when it is switched in again, as before 5.17.
 */
#include "preempted_blocking.h"

void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

    entry &= ~AVIC_PHYSICAL_ID_ENTRY_HOST_MASK;     /* V0: not if it blocks */
    entry |= cpu | AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    to_avic(vcpu)->physical_id_entry = entry;
    avic_update_physical_id(vcpu, entry);
}
