/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC off and on for vCPUs that an AMD IOMMU posts to.
 *
 * A vCPU without AVIC cannot be reached by a doorbell, and nobody looks at what is posted to its page. So its entries become
 * the host's when its AVIC goes off, under the lock of their list and together with its place; they stay on the
 * list, and are in guest mode again, with the vCPU's place, when it goes on. The form of Linux 6.17 and later, in upstream's
 * names and order of steps, from facts about it.
 *
 * The functions of this folder stand in front of those of logic/avic_inhibit (off and on) and logic/avic_iommu (entries).
 * Left out: AVIC off for the VM from before its first interrupt is given to it.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AVIC_INHIBIT_IOMMU_H
#define IRQWEAVE_KVM_LOGIC_AVIC_INHIBIT_IOMMU_H

#include "avic_inhibit/avic_inhibit.h"
#include "avic_iommu/avic_iommu.h"

/* The first half of avic_refresh_apicv_exec_ctrl(): the VMCB. */
static inline bool avic_refresh_virtual_apic_mode(struct kvm_vcpu *vcpu)
{
    bool activated = kvm_vcpu_apicv_active(vcpu);

    note_value("AVIC active: %u", activated);
    if (activated)
        avic_activate_vmcb(vcpu);
    else
        avic_deactivate_vmcb(vcpu);
    return activated;
}

#endif
