/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As merged in 2025 (297631388309): put off, and done when L2 is left.
 */
#include "deferred.h"

void nested_vmx_vmexit_apicv(struct kvm_vcpu *vcpu)
{
    if (!to_nested(vcpu)->update_vmcs01_apicv_status)
        return;
    to_nested(vcpu)->update_vmcs01_apicv_status = false;
    vmx_refresh_apicv_exec_ctrl(vcpu);
}
