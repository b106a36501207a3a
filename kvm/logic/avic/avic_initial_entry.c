/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What processors find in the physical ID table before a vCPU is loaded for the first time; see avic.h.
 */
#include "avic/avic.h"

/* It must be valid as long as the vCPU exists: broadcasts pass over entries that are not. */
u64 avic_initial_entry(struct kvm_vcpu *vcpu)
{
    return to_avic(vcpu)->physical_id_entry;
}
