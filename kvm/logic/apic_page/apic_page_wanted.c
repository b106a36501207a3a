/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The word of the VM decides whether the APIC's page is mapped; see apic_page.h.
 */
#include "apic_page/apic_page.h"

/* Not the vCPU's own bit: that says what this vCPU has heard of, and the mapping is for all. */
bool apic_page_wanted(struct kvm_vcpu *vcpu)
{
    (void)vcpu;
    return kvm_apicv_activated();
}
