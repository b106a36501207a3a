/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt for L1 while L2 runs; see svm_nested.h.
 */
#include "svm_nested/svm_nested.h"

/* L1 intercepts interrupts. It takes this one behind STGI, by its own APIC. */
void svm_check_nested_events(struct kvm_vcpu *vcpu)
{
    if (!virtual_apic_has_interrupt(vcpu))
        return;
    if (svm_interrupt_blocked(vcpu))
        BUG();                      /* not modelled: L1 with interrupts off */
    nested_svm_vmexit(vcpu, SVM_EXIT_INTR);
}
