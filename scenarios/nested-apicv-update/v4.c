/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discussed and judged unnecessary: a reason against APICv of L1 takes it from L2 as well.
 */
#include "nested_apicv/nested_apicv.h"

static void of_l2(struct kvm_vcpu *vcpu)
{
    const struct vmcs12 *vmcs12 = to_nested(vcpu)->vmcs12;
    bool active = kvm_vcpu_apicv_active(vcpu);
    u32 secondary = vmcs_read32(SECONDARY_VM_EXEC_CONTROL) & ~APICV_SECONDARY;
    u32 pin = vmcs_read32(PIN_BASED_VM_EXEC_CONTROL) & ~PIN_BASED_POSTED_INTR;

    vmcs_write32(PIN_BASED_VM_EXEC_CONTROL, active ? pin | vmcs12->pin_based : pin);
    vmcs_write32(SECONDARY_VM_EXEC_CONTROL, active ? secondary | vmcs12->secondary : secondary);
}

void vmx_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu)
{
    bool switched = vmx_load_vmcs01(vcpu);

    vmx_write_apicv_controls(vcpu);
    vmx_put_vmcs01(vcpu, switched);
    if (switched)
        of_l2(vcpu);
}
