/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As before 7c69661e225c: the update is made to the VMCS that is current.
 */
#include "nested_apicv/nested_apicv.h"

void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    vmx_write_apicv_controls(vcpu);
}
