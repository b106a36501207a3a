/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv goes on or off for this vCPU; see apicv.h.
 */
#include "apicv.h"

/* Only one VMCS here. logic/nested_apicv has two. */
void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    vmx_write_apicv_controls(vcpu);
}
