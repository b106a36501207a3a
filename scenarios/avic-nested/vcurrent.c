/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMCB that is current follows the bit, whoever's it is.
 */
#include "svm_nested/svm_nested.h"

void avic_deactivate_vmcb(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;     /* as merged: vmcb01 */

    vmcb->int_ctl &= ~(AVIC_ENABLE_MASK | X2APIC_MODE_MASK);
    svm_set_x2apic_msr_interception(vmcb, true);
}
