/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping RVI, the processor's copy of the highest vIRR vector, up to date; see vmx.h.
 */
#include "vmx.h"

#define RVI_MASK 0xff

/* VM entry evaluates RVI and never looks at vIRR: who edits vIRR must set RVI. [SDM 29.2.1] */
void vmx_hwapic_irr_update(struct kvm_vcpu *vcpu, int max_irr)
{
    u8 rvi = max_irr < 0 ? 0 : max_irr;
    u16 status = vmcs_read16(GUEST_INTR_STATUS);

    (void)vcpu;
    if ((status & RVI_MASK) == rvi)
        return;
    vmcs_write16(GUEST_INTR_STATUS, (status & ~RVI_MASK) | rvi);
}
