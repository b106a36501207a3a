/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry as processors see it: as it is; see avic.h.
 */
#include "avic/avic.h"

/* One aligned store: processors read the entry at any time. */
void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry)
{
    WRITE_ONCE(avic_physical_id_table[vcpu->vcpu_id], entry);
}
