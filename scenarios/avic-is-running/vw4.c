/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W4: W3 with a table that is left empty.
 */
#include "avic/avic.h"

u64 avic_initial_entry(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry)
{
    (void)vcpu;
    (void)entry;
}
