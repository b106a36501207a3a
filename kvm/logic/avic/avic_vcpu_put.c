/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU runs nowhere; see avic.h.
 */
#include "avic/avic.h"

/* A vCPU that blocks has been put before. The host's id stays: a doorbell that is late goes where it was. */
void avic_vcpu_put(struct kvm_vcpu *vcpu)
{
    u64 entry = to_avic(vcpu)->physical_id_entry;

    if (!(entry & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK))
        return;
    entry &= ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    to_avic(vcpu)->physical_id_entry = entry;
    avic_update_physical_id(vcpu, entry);
}
