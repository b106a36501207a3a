/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As in 04bc93cf49d1: the end of a service while L2 runs is noted, and goes to vmcs01 when L2 is left.
 */
#include "nested_apicv/nested_apicv.h"

void vmx_hwapic_isr_update(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu))
        to_nested(vcpu)->update_vmcs01_hwapic_isr = true;
    else
        vmx_write_svi(vcpu);
}

void nested_vmx_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (!to_nested(vcpu)->update_vmcs01_hwapic_isr)
        return;
    to_nested(vcpu)->update_vmcs01_hwapic_isr = false;
    vmx_write_svi(vcpu);
}
