/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bit is in IRR: ring, or wake; see svm.h. Left out: a vCPU whose AVIC is inhibited.
 */
#include "avic/avic.h"

/* IsRunning is not asked: it is for processors. Outside guest mode VMRUN will look; but the vCPU may sleep. */
void svm_complete_interrupt_delivery(struct kvm_vcpu *vcpu)
{
    if (READ_ONCE(vcpu->mode) == IN_GUEST_MODE)
        avic_ring_doorbell(vcpu);
    else
        kvm_vcpu_wake_up(vcpu);
}
