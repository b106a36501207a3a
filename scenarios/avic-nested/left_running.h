/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * That L2 runs is no reason against AVIC of L1: the vCPU stays marked as running, and who sends it an interrupt rings.
 */
#include "svm_nested/svm_nested.h"

unsigned long avic_vcpu_get_apicv_inhibit_reasons(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}
