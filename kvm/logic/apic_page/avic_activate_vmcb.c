/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xAVIC on in the VMCB: no MSRs, the page decides; see avic_inhibit.h and apic_page.h.
 */
#include "apic_page/apic_page.h"

void avic_activate_vmcb(struct kvm_vcpu *vcpu)
{
    to_svm(vcpu)->vmcb01->int_ctl |= AVIC_ENABLE_MASK;
}
