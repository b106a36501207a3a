/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ids and destinations of local APICs: physical, flat, cluster and x2APIC logical, broadcast.
 * After the SDM vol. 3, APIC: 10.6.2, 10.12.9, 10.12.10.
 *
 * Each APIC compares by its own mode. An xAPIC knows 8-bit destinations: one above FFh that is no
 * broadcast is for no xAPIC. Left out: the arbitration ids and the APR of the P6 family.
 */
#include "lapic/logical.h"

#include "lapic/mode.h"

uint32_t apic_logical_id(uint32_t id)
{
    /* SDM vol. 3, 10.12.10.2 */
    return (id >> 4 & 0xffff) << 16 | 1u << (id & 15);
}

static bool is_x2apic(const struct apic_regs *r)
{
    return apic_mode_of(r->base) == APIC_X2APIC;
}

uint32_t apic_ldr(const struct apic_regs *r)
{
    return is_x2apic(r) ? apic_logical_id(r->id) : r->ldr;
}

static bool xapic_broadcast(uint32_t address)
{
    return address == 0xff || address == UINT32_MAX;
}

static bool physical(uint32_t id, bool x2apic, uint32_t address)
{
    /* SDM vol. 3, 10.12.9: FFFFFFFFh is the broadcast. */
    if (x2apic)
        return address == UINT32_MAX || address == id;
    /* SDM vol. 3, 10.6.2.1: FFh; 10.12.8.1: the id is the low 8 bits of the x2APIC id. */
    return xapic_broadcast(address) || address == (id & 0xff);
}

/* SDM vol. 3, 10.6.2.2 */
static enum apic_match logical_xapic(const struct apic_regs *r, uint32_t address)
{
    uint32_t ldr = r->ldr >> 24;
    if (xapic_broadcast(address))
        return MATCH_YES;
    if (address > 0xff)
        return MATCH_NO;
    switch (r->dfr >> 28) {
    case APIC_DFR_FLAT:
        return address & ldr ? MATCH_YES : MATCH_NO;
    case APIC_DFR_CLUSTER:
        return address >> 4 == ldr >> 4 && (address & ldr & 0xf) ? MATCH_YES : MATCH_NO;
    default:
        return MATCH_UNDEFINED;
    }
}

/* SDM vol. 3, 10.12.10.1 */
static bool logical_x2apic(uint32_t id, uint32_t address)
{
    uint32_t ldr = apic_logical_id(id);
    if (address == UINT32_MAX)
        return true;
    return address >> 16 == ldr >> 16 && (address & ldr & 0xffff);
}

enum apic_match apic_matches(const struct apic_regs *r, struct apic_destination to)
{
    if (to.logical && !is_x2apic(r))
        return logical_xapic(r, to.address);
    bool match = to.logical ? logical_x2apic(r->id, to.address)
                            : physical(r->id, is_x2apic(r), to.address);
    return match ? MATCH_YES : MATCH_NO;
}

bool apic_match_can_change(const struct apic_regs *r, struct apic_destination to)
{
    if (to.address == UINT32_MAX)
        return false;
    if (to.logical)
        return true;
    return physical(r->id, false, to.address) != physical(r->id, true, to.address);
}

bool apic_arbitrates(const struct apic_regs *r)
{
    return apic_mode_of(r->base) != APIC_DISABLED && (r->svr & APIC_SVR_ENABLE);
}

unsigned apic_arbitration_rank(const struct apic_regs *r, bool by_ppr)
{
    return (by_ppr ? apic_priority_class(r) : r->tpr) >> 4 & 0xf;
}
