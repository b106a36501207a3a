/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local vector table (SDM vol. 3, 10.5.1) and the software-enable bit that masks it
 * (10.4.7.2, 10.9).
 *
 *     entry                  bits       fields beyond vector 7:0, status 12 (read only), mask 16
 *     timer                  000710ff   mode 18:17
 *     CMCI, thermal, PMC     000117ff   delivery mode 10:8
 *     LINT0, LINT1           0001f7ff   delivery mode, polarity 13, remote IRR 14 (read only), trigger 15
 *     error                  000110ff
 *
 * Delivery status reads as 0: delivery takes no time. The levels of pins, and polarity, are in pins.c.
 */
#include "lapic/lvt.h"

#include "lapic/esr.h"

int apic_lvt_of(uint32_t index)
{
    if (index == APIC_LVT_CMCI)
        return LVT_CMCI;
    if (index >= APIC_LVT_TIMER && index <= APIC_LVT_ERROR)
        return LVT_TIMER + (int)(index - APIC_LVT_TIMER);
    return -1;
}

static uint32_t bits_of(enum apic_lvt which)
{
    switch (which) {
    case LVT_TIMER: return LVT_BITS_TIMER;
    case LVT_LINT0: case LVT_LINT1: return LVT_BITS_LINT;
    case LVT_ERROR: return LVT_BITS_ERROR;
    default: return LVT_BITS_OTHER;
    }
}

void apic_write_svr(struct apic_regs *r, uint32_t value)
{
    r->svr = value;
    if (value & APIC_SVR_ENABLE)
        return;
    /* SDM vol. 3, 10.4.7.2: the mask bits of all LVT entries are set and stay so. */
    for (unsigned i = 0; i < LVT_COUNT; i++)
        r->lvt[i] |= APIC_LVT_MASKED;
}

void apic_write_lvt(struct apic_regs *r, enum apic_lvt which, uint32_t value)
{
    assert(which < LVT_COUNT);
    uint32_t written = bits_of(which) & ~(uint32_t)APIC_LVT_READ_ONLY;
    r->lvt[which] = (value & written) | (r->lvt[which] & APIC_LVT_READ_ONLY);
    if (!(r->svr & APIC_SVR_ENABLE))
        r->lvt[which] |= APIC_LVT_MASKED;
}

static unsigned delivery_of(enum apic_lvt which, uint32_t value)
{
    bool fixed_only = which == LVT_TIMER || which == LVT_ERROR;
    return fixed_only ? APIC_FIXED : value >> 8 & 7;
}

bool apic_lvt_illegal(enum apic_lvt which, uint32_t value)
{
    return delivery_of(which, value) == APIC_FIXED && (value & 0xff) < APIC_FIRST_VECTOR;
}

unsigned apic_lvt_delivery(const struct apic_regs *r, enum apic_lvt which)
{
    assert(which < LVT_COUNT);
    return delivery_of(which, r->lvt[which]);
}

/* SDM vol. 3, 10.5.1: INIT and ExtINT are for LINT0 and LINT1 only. */
bool apic_lvt_reserved(const struct apic_regs *r, enum apic_lvt which)
{
    switch (apic_lvt_delivery(r, which)) {
    case APIC_LOWEST: case 3: case APIC_STARTUP: return true;
    case APIC_INIT: case APIC_EXTINT: return which != LVT_LINT0 && which != LVT_LINT1;
    default: return false;
    }
}

/* SDM vol. 3, 10.5.1: the trigger mode counts for LINT0 and LINT1 with fixed delivery only. */
static bool is_level(const struct apic_regs *r, unsigned which)
{
    return (which == LVT_LINT0 || which == LVT_LINT1) && (r->lvt[which] & APIC_LVT_LEVEL) &&
           apic_lvt_delivery(r, (enum apic_lvt)which) == APIC_FIXED;
}

bool apic_raise_lvt(struct apic_regs *r, enum apic_lvt which)
{
    assert(which < LVT_COUNT);
    uint32_t *entry = &r->lvt[which];
    bool level = is_level(r, which);
    if ((*entry & APIC_LVT_MASKED) || (level && (*entry & APIC_LVT_REMOTE_IRR)))
        return false;
    if (apic_lvt_delivery(r, which) == APIC_FIXED &&
        apic_accept_fixed(r, *entry & 0xff, level) && level)
        *entry |= APIC_LVT_REMOTE_IRR;
    /* SDM vol. 3, 10.5.1 and 18.2: the performance counter's entry masks itself. */
    if (which == LVT_PMC)
        *entry |= APIC_LVT_MASKED;
    return true;
}

void apic_lvt_end(struct apic_regs *r, unsigned vector)
{
    for (unsigned i = LVT_LINT0; i <= LVT_LINT1; i++)
        if (is_level(r, i) && (r->lvt[i] & 0xff) == vector)
            r->lvt[i] &= ~(uint32_t)APIC_LVT_REMOTE_IRR;
}
