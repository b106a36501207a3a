/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that blocked when an interrupt was posted to it; see amd_iommu.h.
 */
#include "avic_iommu.h"

/* IRR has been set: there is nothing to do but to wake it. It may run by now. */
int avic_ga_log_notifier(u32 ga_tag)
{
    u32 id = AVIC_GATAG_TO_VCPUID(ga_tag);

    if (AVIC_GATAG_TO_VMID(ga_tag) != AVIC_VM_ID)   /* another guest's */
        return 0;
    note_value("GA log: an interrupt for the vCPU with tag %#x", ga_tag);
    if (id < NR_VCPUS && vcpu_exists(&vcpus[id]))
        kvm_vcpu_wake_up(&vcpus[id]);
    return 0;
}
