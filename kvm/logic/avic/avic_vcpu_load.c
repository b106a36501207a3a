/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU runs on this CPU from now on; see avic.h.
 */
#include "avic/avic.h"

/* One that blocks and is switched in is not marked: it looks for interrupts no more before it sleeps. */
void avic_vcpu_load(struct kvm_vcpu *vcpu, int cpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

    if (kvm_vcpu_is_blocking(vcpu))
        return;
    WARN_ON(entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK);
    entry &= ~AVIC_PHYSICAL_ID_ENTRY_HOST_MASK;
    entry |= cpu | AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;     /* the APIC id equals the core's number */
    to_avic(vcpu)->physical_id_entry = entry;
    avic_update_physical_id(vcpu, entry);
}
