/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before 5.17. Software goes by IsRunning, not by the mode: it rings if the vCPU is marked as running, and otherwise
 * wakes it; and of the targets of an IPI that has exited it wakes those that are not.
 */
#include "avic/avic.h"
#include "not_preemptible.h"

static bool avic_vcpu_is_running(struct kvm_vcpu *vcpu)
{
    return READ_ONCE(avic_physical_id_table[vcpu->vcpu_id]) & AVIC_PHYSICAL_ID_ENTRY_IS_RUNNING_MASK;
}

void avic_kick_vcpu(struct kvm_vcpu *vcpu)
{
    if (!avic_vcpu_is_running(vcpu))
        kvm_vcpu_wake_up(vcpu);
}

void svm_complete_interrupt_delivery(struct kvm_vcpu *vcpu)
{
    if (avic_vcpu_is_running(vcpu))
        avic_ring_doorbell(vcpu);
    else
        kvm_vcpu_wake_up(vcpu);
}
