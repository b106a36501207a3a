/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ON is cleared after PIR has been emptied: what L1 posts in between finds ON set and sends nothing.
 */
#include "nested.h"

void vmx_complete_nested_posted_interrupt(struct kvm_vcpu *vcpu)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct pi_desc *pi_desc = nested->vmcs12->posted_intr_desc;
    int max_irr;
    u16 status;

    if (!READ_ONCE(nested->pi_pending))
        return;
    WRITE_ONCE(nested->pi_pending, false);
    if (!pi_test_on(pi_desc))
        return;

    max_irr = nested_drain_pir(pi_desc, nested->vmcs12->virtual_apic_page);
    pi_clear_on(pi_desc);
    status = vmcs_read16(GUEST_INTR_STATUS);
    if (max_irr > (status & 0xff))
        vmcs_write16(GUEST_INTR_STATUS, (status & ~0xff) | max_irr);
}
