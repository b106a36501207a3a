/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could this vCPU's APIC be virtualized now? See apicv.h.
 */
#include "apicv.h"

bool kvm_vcpu_apicv_activated(struct kvm_vcpu *vcpu)
{
    unsigned long vm_reasons = READ_ONCE(kvm_apicv.inhibit_reasons);

    return (vm_reasons | kvm_x86_vcpu_get_apicv_inhibit_reasons(vcpu)) == 0;
}
