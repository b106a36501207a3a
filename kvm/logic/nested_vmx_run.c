/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L1 enters L2; see nested.h.
 */
#include "nested.h"

static void prepare_vmcs02(const struct vmcs12 *vmcs12)
{
    vmcs_writel(GUEST_RIP, vmcs12->guest_rip);
    vmcs_writel(GUEST_RSP, vmcs12->guest_rsp);
    vmcs_writel(GUEST_RFLAGS, vmcs12->guest_rflags);
    vmcs_write32(GUEST_ACTIVITY_STATE, vmcs12->guest_activity_state);
    vmcs_write32(GUEST_INTERRUPTIBILITY_INFO, vmcs12->guest_interruptibility_info);
    vmcs_write16(GUEST_INTR_STATUS, vmcs12->guest_intr_status);
}

/*
 * What L1 has pending in its own APIC is looked at again before L2 begins: L1's notification vector is
 * swallowed, as the processor would swallow it in non-root mode, and L2's descriptor is processed
 * instead. Anything else will end the stay in L2 at once.
 */
int nested_vmx_run(struct kvm_vcpu *vcpu)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct vmcs12 *vmcs12 = nested->vmcs12;
    int irr;

    note_value("L1 enters L2, RVI %#x", vmcs12->guest_intr_status & 0xff);
    vmx_switch_vmcs(vcpu, &nested->vmcs02);
    prepare_vmcs02_early(vcpu);
    prepare_vmcs02(vmcs12);
    WRITE_ONCE(nested->pi_pending, false);
    nested->posted_intr_nv = vmcs12->posted_intr_nv;
    WRITE_ONCE(nested->guest_mode, true);

    vmx_sync_pir_to_irr(vcpu);
    irr = kvm_lapic_find_highest_irr(vcpu);
    if (irr < 0)
        return 1;
    if (irr == nested->posted_intr_nv) {
        WRITE_ONCE(nested->pi_pending, true);
        kvm_apic_clear_irr(vcpu, irr);
    }
    kvm_make_request(KVM_REQ_EVENT, vcpu);
    return 1;
}
