/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * W1: the first posting of September 2023. IsRunning is never set in the table, and whoever makes an interrupt a posted one
 * looks there.
 */
#include "no_ipiv.h"
#include "place_of.h"

static u64 place_of(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(avic_physical_id_table[vcpu->vcpu_id]);
}
