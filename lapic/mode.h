/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modes of a local APIC: IA32_APIC_BASE, and what a change of mode does to the registers. Pure. */
#ifndef LAPIC_MODE_H
#define LAPIC_MODE_H

#include "lapic/priority.h"

enum apic_mode { APIC_DISABLED, APIC_XAPIC, APIC_X2APIC, APIC_INVALID };

/* Mode that a value of IA32_APIC_BASE stands for. */
static inline enum apic_mode apic_mode_of(uint64_t base)
{
    bool extd = base & APIC_BASE_EXTD;
    if (!(base & APIC_BASE_EN))
        return extd ? APIC_INVALID : APIC_DISABLED;
    return extd ? APIC_X2APIC : APIC_XAPIC;
}

/* May IA32_APIC_BASE go from one value to the other? False: WRMSR faults with #GP.
 * `physical_bits`: width of physical addresses. */
bool apic_base_allowed(uint64_t from, uint64_t to, unsigned physical_bits);

/* Reset values of all registers but base and id. */
void apic_reset_registers(struct apic_regs *);

/* IA32_APIC_BASE gets an allowed value. `disable_resets`: an xAPIC that is switched off loses its
 * registers. */
void apic_change_base(struct apic_regs *, uint64_t base, bool disable_resets);

#endif
