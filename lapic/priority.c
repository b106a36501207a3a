/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State rules of one local APIC: IRR, ISR, TMR, PPR, EOI, ESR, SVR, IA32_APIC_BASE.
 * After the SDM vol. 3 (June 2016), APIC: 10.4.3 to 10.4.7, 10.5.3, 10.8, 10.9, 10.12.5.
 *
 * Left out: APR and the lowest-priority arbitration of the P6 family; delivery of SMI, INIT,
 * ExtINT and start-up; the focus processor.
 */
#include "lapic/priority.h"

#include <string.h>

enum apic_mode apic_mode_of(uint64_t base)
{
    bool en = base & APIC_BASE_EN;
    bool extd = base & APIC_BASE_EXTD;
    if (!en)
        return extd ? APIC_INVALID : APIC_DISABLED;
    return extd ? APIC_X2APIC : APIC_XAPIC;
}

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
    r->svr = APIC_SVR_VECTOR; /* SDM vol. 3, 10.4.7.1: 000000FFh, software disabled */
    for (unsigned i = 0; i < LVT_COUNT; i++)
        r->lvt[i] = APIC_LVT_MASKED;
}

uint32_t apic_logical_id(uint32_t id)
{
    /* SDM vol. 3, 10.12.10.2 */
    return (id >> 4 & 0xffff) << 16 | 1u << (id & 15);
}

unsigned apic_priority_class(const struct apic_regs *r)
{
    unsigned isrv = bits256_highest(r->isr) & 0xf0;
    unsigned tpr = r->tpr & 0xf0;
    return tpr > isrv ? tpr : isrv;
}

bool apic_ppr_is_ambiguous(const struct apic_regs *r)
{
    unsigned isrv = bits256_highest(r->isr);
    return isrv && (r->tpr & 0xf0) == (isrv & 0xf0) && (r->tpr & 0xf);
}

unsigned apic_ppr(const struct apic_regs *r, bool subclass_zero)
{
    /* SDM vol. 3, 10.8.3.1 */
    unsigned isrv = bits256_highest(r->isr) & 0xf0;
    unsigned class = r->tpr & 0xf0;
    if (class < isrv)
        return isrv;
    if (class == isrv && subclass_zero && apic_ppr_is_ambiguous(r))
        return class;
    return r->tpr & 0xff;
}

unsigned apic_deliverable(const struct apic_regs *r)
{
    unsigned irrv = bits256_highest(r->irr);
    if (!irrv || apic_mode_of(r->base) == APIC_DISABLED)
        return 0;
    return (irrv & 0xf0) > apic_priority_class(r) ? irrv : 0;
}

bool apic_accept_fixed(struct apic_regs *r, unsigned vector, bool level)
{
    assert(vector < 256);
    if (apic_mode_of(r->base) == APIC_DISABLED)
        return false;
    /* SDM vol. 3, 10.4.7.2: software disabled, only INIT, NMI, SMI and SIPI are accepted. */
    if (!(r->svr & APIC_SVR_ENABLE))
        return false;
    if (vector < APIC_FIRST_VECTOR) {
        apic_log_error(r, APIC_ESR_RECEIVE_ILLEGAL);
        return false;
    }
    /* SDM vol. 3, 10.8.4: TMR is set or cleared upon acceptance; a second arrival merges. */
    if (level)
        bits256_set(r->tmr, vector);
    else
        bits256_clear(r->tmr, vector);
    bits256_set(r->irr, vector);
    return true;
}

unsigned apic_acknowledge(struct apic_regs *r)
{
    unsigned vector = apic_deliverable(r);
    if (!vector)
        return r->svr & APIC_SVR_VECTOR; /* SDM vol. 3, 10.9: ISR is not set, no EOI expected */
    assert(bits256_test(r->irr, vector));
    bits256_clear(r->irr, vector);
    bits256_set(r->isr, vector);
    return vector;
}

unsigned apic_end_of_interrupt(struct apic_regs *r, bool *broadcast)
{
    unsigned vector = bits256_highest(r->isr);
    *broadcast = false;
    if (!vector)
        return 0;
    bits256_clear(r->isr, vector);
    /* SDM vol. 3, 10.8.5: level-triggered ones are broadcast unless SVR[12] suppresses it. TMR
     * keeps its bit until the next acceptance. */
    *broadcast = bits256_test(r->tmr, vector) && !(r->svr & APIC_SVR_SUPPRESS_EOI);
    return vector;
}

void apic_log_error(struct apic_regs *r, uint32_t bit)
{
    assert(bit && !(bit & (bit - 1)));
    if (r->esr_shadow & bit)
        return;
    r->esr_shadow |= bit;
    uint32_t lvt = r->lvt[LVT_ERROR];
    unsigned vector = lvt & 0xff;
    /* An illegal vector in the LVT itself cannot be raised; its error is not logged twice. */
    if (!(lvt & APIC_LVT_MASKED) && vector >= APIC_FIRST_VECTOR)
        apic_accept_fixed(r, vector, false);
}

void apic_write_esr(struct apic_regs *r)
{
    r->esr = r->esr_shadow;
    r->esr_shadow = 0;
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
    uint32_t kept = r->lvt[which] & APIC_LVT_READ_ONLY;
    r->lvt[which] = (value & ~(uint32_t)APIC_LVT_READ_ONLY) | kept;
    if (!(r->svr & APIC_SVR_ENABLE))
        r->lvt[which] |= APIC_LVT_MASKED;
}
