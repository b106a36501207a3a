/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L0 does in software what the processor does with a notification in guest mode; see nested.h.
 */
#include "lapic.h"
#include "nested.h"

/* Into L2's vIRR. Returns the highest vector found, -1 if there was none. */
static int drain_pir(u64 *pir, u8 *apic_regs)
{
    int highest = -1;

    for (int i = 0; i < 2 * PIR_WORDS; i++) {
        u32 pir_val;

        if (!READ_ONCE(((u32 *)pir)[i]))
            continue;
        pir_val = xchg32(&((u32 *)pir)[i], 0);
        if (!pir_val)
            continue;
        *apic_irr_reg(apic_regs, i) |= pir_val;
        highest = i * APIC_VECTORS_PER_REG + fls_index(pir_val);
    }
    return highest;
}

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

    max_irr = drain_pir(pi_desc->pir, nested->vmcs12->virtual_apic_page);
    status = vmcs_read16(GUEST_INTR_STATUS);
    if (max_irr > (status & 0xff))
        vmcs_write16(GUEST_INTR_STATUS, (status & ~0xff) | max_irr);
}
