/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Back from L2 to L1; see nested.h.
 */
#include "nested.h"

#define RFLAGS_FIXED 0x2

static void sync_vmcs02_to_vmcs12(struct vmcs12 *vmcs12)
{
    vmcs12->guest_rip = vmcs_readl(GUEST_RIP);
    vmcs12->guest_rsp = vmcs_readl(GUEST_RSP);
    vmcs12->guest_rflags = vmcs_readl(GUEST_RFLAGS);
    vmcs12->guest_activity_state = vmcs_read32(GUEST_ACTIVITY_STATE);
    vmcs12->guest_interruptibility_info = vmcs_read32(GUEST_INTERRUPTIBILITY_INFO);
    vmcs12->guest_intr_status = vmcs_read16(GUEST_INTR_STATUS);
}

/* L1 goes on where its VMCS says that the host goes on, with interrupts off. [SDM 27.5.3] */
static void load_vmcs12_host_state(const struct vmcs12 *vmcs12)
{
    vmcs_writel(GUEST_RIP, vmcs12->host_rip);
    vmcs_writel(GUEST_RSP, vmcs12->host_rsp);
    vmcs_writel(GUEST_RFLAGS, RFLAGS_FIXED);
    vmcs_write32(GUEST_ACTIVITY_STATE, 0);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, 0);
}

void nested_vmx_vmexit(struct kvm_vcpu *vcpu, u32 reason, u32 intr_info)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct vmcs12 *vmcs12 = nested->vmcs12;

    note_value("L2 exits to L1, reason %#x", reason);
    WRITE_ONCE(nested->guest_mode, false);
    sync_vmcs02_to_vmcs12(vmcs12);
    vmcs12->vm_exit_reason = reason;
    vmcs12->vm_exit_intr_info = intr_info;
    vmx_switch_vmcs(vcpu, &nested->vmcs01);
    load_vmcs12_host_state(vmcs12);
    nested_vmx_vmexit_apicv(vcpu);
}
