/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before 04bc93cf49d1: the end of a service goes to SVI of the VMCS that is current.
 */
#include "nested_apicv/nested_apicv.h"

void vmx_hwapic_isr_update(struct kvm_vcpu *vcpu)
{
    vmx_write_svi(vcpu);
}
