/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SVI of vmcs01 follows L1's vISR; see nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

void vmx_hwapic_isr_update(struct kvm_vcpu *vcpu)
{
    bool switched = vmx_load_vmcs01(vcpu);

    vmx_write_svi(vcpu);
    vmx_put_vmcs01(vcpu, switched);
}
