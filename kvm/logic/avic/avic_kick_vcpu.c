/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One target of an IPI that the processor has left to software; see avic.h.
 */
#include "avic/avic.h"

void avic_kick_vcpu(struct kvm_vcpu *vcpu)
{
    svm_complete_interrupt_delivery(vcpu);
}
