/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1's VMRUN asks for no update.
 */
#include "svm_nested/svm_nested.h"

void nested_svm_vmrun_apicv(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
}
