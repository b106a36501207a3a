/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L0 does in software what the processor does with a notification in guest mode; see nested.h.
 */
#include "nested.h"

/* ON before PIR, like the processor [SDM 29.6]. If ON is clear the processor has been faster. */
void vmx_complete_nested_posted_interrupt(struct kvm_vcpu *vcpu)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct pi_desc *pi_desc = nested->vmcs12->posted_intr_desc;
    int max_irr;
    u16 status;

    if (!READ_ONCE(nested->pi_pending))
        return;
    WRITE_ONCE(nested->pi_pending, false);
    if (!pi_test_and_clear_on(pi_desc))
        return;

    max_irr = nested_drain_pir(pi_desc, nested->vmcs12->virtual_apic_page);
    status = vmcs_read16(GUEST_INTR_STATUS);
    if (max_irr > (status & 0xff))
        vmcs_write16(GUEST_INTR_STATUS, (status & ~0xff) | max_irr);
}
