/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: an update while L2 runs is noted, and left for L2's exit.
 */
#include "nested_apicv/nested_apicv.h"

void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu)) {
        to_nested(vcpu)->update_vmcs01_apicv_status = true;
        return;
    }
    vmx_write_apicv_controls(vcpu);
}
