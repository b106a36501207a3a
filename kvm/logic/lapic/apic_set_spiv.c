/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The spurious-interrupt vector register, with the bit that enables the APIC; see kvm_lapic.h.
 * [SDM 10.4.7.2, 10.9]
 */
#include "kvm_lapic.h"

static const u16 lvt[] = { APIC_LVTCMCI, APIC_LVTT, APIC_LVTTHMR, APIC_LVTPC,
                           APIC_LVT0, APIC_LVT1, APIC_LVTERR };

/* What is in IRR and ISR stays. */
void apic_set_spiv(struct kvm_lapic *apic, u32 value)
{
    kvm_lapic_set_reg(apic, APIC_SPIV, value);
    WRITE_ONCE(apic->sw_enabled, (value & APIC_SPIV_APIC_ENABLED) != 0);
    if (apic->sw_enabled)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(lvt); i++)
        kvm_lapic_set_reg(apic, lvt[i], kvm_lapic_get_reg(apic, lvt[i]) | APIC_LVT_MASKED);
}
