/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ON is cleared after PIR has been emptied: what L1 posts in between finds ON set and sends nothing.
 */
#include "lapic.h"
#include "nested.h"

void vmx_complete_nested_posted_interrupt(struct kvm_vcpu *vcpu)
{
    struct nested_vmx *nested = to_nested(vcpu);
    struct pi_desc *pi_desc = nested->vmcs12->posted_intr_desc;
    int max_irr = -1;
    u16 status;

    if (!READ_ONCE(nested->pi_pending))
        return;
    WRITE_ONCE(nested->pi_pending, false);
    if (!pi_test_on(pi_desc))
        return;

    for (int i = 0; i < 2 * PIR_WORDS; i++) {
        u32 pir_val = xchg32(&((u32 *)pi_desc->pir)[i], 0);

        if (!pir_val)
            continue;
        *apic_irr_reg(nested->vmcs12->virtual_apic_page, i) |= pir_val;
        max_irr = i * APIC_VECTORS_PER_REG + fls_index(pir_val);
    }
    pi_clear_on(pi_desc);
    status = vmcs_read16(GUEST_INTR_STATUS);
    if (max_irr > (status & 0xff))
        vmcs_write16(GUEST_INTR_STATUS, (status & ~0xff) | max_irr);
}
