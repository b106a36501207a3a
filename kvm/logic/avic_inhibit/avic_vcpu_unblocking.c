/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU has stopped waiting; see avic.h. Preemption is off: the CPU stays the same. One without AVIC is marked as not running already.
 */
#include "avic_inhibit/avic_inhibit.h"

void avic_vcpu_unblocking(struct kvm_vcpu *vcpu)
{
    if (kvm_vcpu_apicv_active(vcpu))
        avic_vcpu_load(vcpu, vcpu->cpu);
}
