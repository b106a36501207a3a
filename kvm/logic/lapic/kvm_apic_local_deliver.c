/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A local interrupt, by its LVT entry; see kvm_lapic.h. [SDM 10.5.1]
 */
#include "kvm_lapic.h"

/* Timer and errors have no delivery mode: these bits are 0. */
bool kvm_apic_local_deliver(struct kvm_lapic *apic, u32 lvt)
{
    u32 reg = kvm_lapic_get_reg(apic, lvt);
    struct kvm_lapic_irq irq = {
        .vector = reg & 0xff,
        .delivery_mode = reg >> 8 & 7,
        .level = true,
        .trig_mode = reg & APIC_LVT_LEVEL_TRIGGER,
    };

    if (reg & APIC_LVT_MASKED)
        return false;
    if (irq.delivery_mode == APIC_DM_FIXED && irq.vector < APIC_FIRST_VECTOR) {
        if (lvt == APIC_LVTERR)     /* it cannot raise itself */
            apic->esr_pending |= APIC_ESR_RECVILL;
        else
            apic_error(apic, APIC_ESR_RECVILL);
        return false;
    }
    __apic_accept_irq(apic, &irq);
    if (lvt == APIC_LVTPC)          /* it masks itself */
        kvm_lapic_set_reg(apic, lvt, reg | APIC_LVT_MASKED);
    return true;
}
