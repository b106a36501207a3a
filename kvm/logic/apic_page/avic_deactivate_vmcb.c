/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xAVIC off in the VMCB; see avic_inhibit.h and apic_page.h.
 */
#include "apic_page/apic_page.h"

void avic_deactivate_vmcb(struct kvm_vcpu *vcpu)
{
    to_svm(vcpu)->vmcb01->int_ctl &= ~AVIC_ENABLE_MASK;
}
