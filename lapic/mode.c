/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IA32_APIC_BASE and the modes of a local APIC: which transitions fault, which registers survive.
 * After the SDM vol. 3, APIC: 10.4.3, 10.4.4, 10.4.7.1, 10.12.1, 10.12.5.
 */
#include "lapic/mode.h"

#include <string.h>

bool apic_base_allowed(uint64_t from, uint64_t to, unsigned physical_bits)
{
    assert(physical_bits >= 36 && physical_bits <= 52);
    uint64_t reserved = ~((1ull << physical_bits) - 1) | 0xff | 1 << 9;
    if (to & reserved)
        return false;
    enum apic_mode a = apic_mode_of(from);
    enum apic_mode b = apic_mode_of(to);
    assert(a != APIC_INVALID);
    /* SDM vol. 3, 10.12.5, figure "Local x2APIC State Transitions": disabled to x2APIC and
     * x2APIC to xAPIC fault, and so does EXTD without EN from anywhere. */
    if (b == APIC_INVALID)
        return false;
    if (a == APIC_DISABLED && b == APIC_X2APIC)
        return false;
    return !(a == APIC_X2APIC && b == APIC_XAPIC);
}

void apic_reset_registers(struct apic_regs *r)
{
    uint64_t base = r->base;
    uint32_t id = r->id;
    memset(r, 0, sizeof *r);
    r->base = base;
    r->id = id;
    r->dfr = APIC_DFR_RESET;
    r->svr = APIC_SVR_VECTOR; /* SDM vol. 3, 10.4.7.1: 000000FFh, software disabled */
    for (unsigned i = 0; i < LVT_COUNT; i++)
        r->lvt[i] = APIC_LVT_MASKED;
}

/* An NMI that has been accepted is latched in the core, not in the APIC. */
static void lose_registers(struct apic_regs *r)
{
    uint32_t nmi_pending = r->nmi_pending;
    apic_reset_registers(r);
    r->nmi_pending = nmi_pending;
}

void apic_change_base(struct apic_regs *r, uint64_t base, bool disable_resets)
{
    enum apic_mode before = apic_mode_of(r->base), after = apic_mode_of(base);
    assert(apic_base_allowed(r->base, base, 52));
    r->base = base;
    if (before == after)
        return;
    /* SDM vol. 3, 10.12.5.1: of an x2APIC that is disabled nothing but the id is left; 10.4.3: an
     * xAPIC may keep what it has. */
    if (after == APIC_DISABLED && (before == APIC_X2APIC || disable_resets))
        lose_registers(r);
    /* SDM vol. 3, 10.12.5.1: the logical id is the derived one; ICR[63:32] does not survive. DFR does
     * not exist in x2APIC mode, and there is no way back that would show what became of it. */
    if (after == APIC_X2APIC)
        r->icr &= 0xffffffff;
}
