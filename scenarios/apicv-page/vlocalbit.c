/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fault is decided by the vCPU's own bit: one who has not heard of the change maps the page for all.
 */
#include "apic_page/apic_page.h"

bool apic_page_wanted(struct kvm_vcpu *vcpu)
{
    return kvm_vcpu_apicv_active(vcpu);
}
