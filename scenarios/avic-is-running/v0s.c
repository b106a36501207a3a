/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * V0s: V0, but an IPI whose target does not run is sent again in full, as by bb218fbcfaaa for a while: the processor has set
 * the bit in IRR already.
 */
#include "avic/avic.h"

void avic_kick_target_vcpus(struct kvm_vcpu *source, u32 icrl, u32 icrh, u32 index)
{
    (void)index;
    kvm_apic_send_ipi(source, icrl, icrh);
}
