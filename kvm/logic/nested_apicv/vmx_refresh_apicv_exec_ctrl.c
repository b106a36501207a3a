/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv goes on or off for this vCPU, also while L2 runs; see nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

/* At once, and in vmcs01 whatever is current. */
void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    bool switched = vmx_load_vmcs01(vcpu);

    vmx_write_apicv_controls(vcpu);
    vmx_put_vmcs01(vcpu, switched);
}
