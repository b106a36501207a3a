/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W2: the second posting of September 2023. A private copy has the true IsRunning; the table is written only when the vCPU is
 * created.
 */
#include "avic/avic.h"

void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry)
{
    (void)vcpu;
    (void)entry;
}
