/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits of L1 and L2; see vmx.h and nested_apicv.h.
 */
#include "nested_apicv/nested_apicv.h"

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_VMLAUNCH && !is_guest_mode(vcpu))
        return nested_vmx_run(vcpu);
    if (reason == EXIT_REASON_VMCALL && is_guest_mode(vcpu)) {
        nested_vmx_vmexit(vcpu, reason, 0);
        return 1;
    }
    return __vmx_handle_exit(vcpu, reason);
}
