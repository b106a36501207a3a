/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: noted where the guest cannot see them until it writes ESR; see kvm_lapic.h. [SDM 10.5.3]
 */
#include "kvm_lapic.h"

/* Raises its LVT entry if it is a new one. */
void apic_error(struct kvm_lapic *apic, u32 bit)
{
    if (apic->esr_pending & bit)
        return;
    apic->esr_pending |= bit;
    kvm_apic_local_deliver(apic, APIC_LVTERR);
}

void apic_write_esr(struct kvm_lapic *apic)
{
    kvm_lapic_set_reg(apic, APIC_ESR, apic->esr_pending);
    apic->esr_pending = 0;
}
