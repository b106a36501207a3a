/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a register of the vCPU's APIC; see kvm_lapic.h.
 */
#include "kvm_lapic.h"

/* What changes without anybody writing it is computed, the rest is in the page. */
u32 kvm_lapic_reg_read(struct kvm_lapic *apic, u32 offset)
{
    switch (offset) {
    case APIC_ARBPRI: case APIC_RRR: case APIC_EOI:
        return 0;
    case APIC_TMCCT:
        return apic_get_tmcct(apic);
    case APIC_PROCPRI:      /* the guest may have changed TPR without an exit */
        apic_update_ppr(apic);
        return kvm_lapic_get_reg(apic, APIC_PROCPRI);
    default:
        return kvm_lapic_get_reg(apic, offset);
    }
}

/* A register that is not there reads as 0 and is an error. [SDM 10.5.3] */
u32 apic_mmio_read(struct kvm_lapic *apic, u32 offset)
{
    if (kvm_lapic_find_reg(apic, offset))
        return kvm_lapic_reg_read(apic, offset);
    apic_error(apic, APIC_ESR_ILLREGA);
    return 0;
}
