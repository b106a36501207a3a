/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor has set IRR of all targets, and one at least did not run; see avic.h.
 */
#include "avic/avic.h"

/*
 * IRR is not set again: the target may have taken the interrupt by now, and would get another one. Nor is IsRunning
 * looked at: it may be set again by now.
 */
void avic_kick_target_vcpus(struct kvm_vcpu *source, u32 icrl, u32 icrh, u32 index)
{
    if (avic_kick_target_vcpus_fast(source, icrl, icrh, index))
        return;
    for (int i = 0; i < NR_VCPUS; i++)
        if (vcpu_exists(&vcpus[i]) && kvm_apic_match_dest(&vcpus[i], source, icrl, icrh))
            avic_kick_vcpu(&vcpus[i]);
}
