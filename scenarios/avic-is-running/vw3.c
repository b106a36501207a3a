/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W3: the answer to that posting. What KVM takes for the entry of a vCPU is a word outside the table, which is set up once.
 */
#include "avic/avic.h"

static u64 dummy_entries[NR_VCPUS];

void avic_update_physical_id(struct kvm_vcpu *vcpu, u64 entry)
{
    WRITE_ONCE(dummy_entries[vcpu->vcpu_id], entry);
}
