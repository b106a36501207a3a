/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V16: V0, but a new entry of a vCPU that sleeps does not ask for the log.
 */
#include "place_of.h"

static u64 place_of(struct kvm_vcpu *vcpu)
{
    return to_avic(vcpu)->physical_id_entry & ~AVIC_PHYSICAL_ID_ENTRY_GA_LOG_INTR;
}
