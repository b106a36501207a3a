/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC off in the VMCB; see avic_inhibit.h.
 */
#include "avic_inhibit/avic_inhibit.h"

void avic_deactivate_vmcb(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb01;

    vmcb->int_ctl &= ~(AVIC_ENABLE_MASK | X2APIC_MODE_MASK);
    svm_set_x2apic_msr_interception(vmcb, true);
}
