/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there an interrupt for a halted vCPU? See svm.h. Senders and devices set its bit in vIRR themselves.
 */
#include "svm/svm.h"

bool kvm_arch_vcpu_runnable(struct kvm_vcpu *vcpu)
{
    return !svm_interrupt_blocked(vcpu) && virtual_apic_has_interrupt(vcpu);
}
