/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: `enable_ipiv` is off. The table has the host's APIC id and a valid entry for each vCPU, and IsRunning = 0
 * at all times, so that each IPI but one to the sender itself leaves the guest.
 */
#include "avic/avic.h"

void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry)
{
    entry &= ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
    WRITE_ONCE(avic_physical_id_table[vcpu->vcpu_id], entry);
}
