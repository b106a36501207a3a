/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The targets of an IPI that has exited are woken, and that is all, as before 5.17.
 */
#include "avic/avic.h"

void avic_kick_vcpu(struct kvm_vcpu *vcpu)
{
    kvm_vcpu_wake_up(vcpu);
}
