/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0e: V0, but a vCPU that is put stays marked as running in the table: only the shadow is cleared.
 */
#include "avic/avic.h"

void avic_vcpu_put(struct kvm_vcpu *vcpu)
{
    to_avic(vcpu)->physical_id_entry &= ~AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
}
