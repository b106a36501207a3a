/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State rules of one local APIC: IRR, ISR, TMR, TPR, PPR, EOI.
 * After the SDM vol. 3, APIC: 10.4.7.2, 10.8, 10.9.
 *
 * Left out: APR and the focus processor of the P6 family.
 */
#include "lapic/priority.h"

#include "lapic/esr.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"

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
    if (subclass_zero && apic_ppr_is_ambiguous(r))
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

unsigned apic_intr(const struct apic_regs *r)
{
    unsigned vector = apic_deliverable(r);
    return vector || !r->intr_latched ? vector : r->svr & APIC_SVR_VECTOR;
}

void apic_write_tpr(struct apic_regs *r, uint32_t value, bool latches)
{
    bool asserted = apic_deliverable(r) != 0;
    r->tpr = value;
    /* SDM vol. 3, 10.9: the priority is raised while INTR is asserted. */
    if (latches && asserted && !apic_deliverable(r))
        r->intr_latched = 1;
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
    r->intr_latched = 0;
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
    apic_lvt_end(r, vector);
    /* SDM vol. 3, 10.8.5: level-triggered ones are broadcast unless SVR[12] suppresses it. TMR
     * keeps its bit until the next acceptance. */
    *broadcast = bits256_test(r->tmr, vector) && !(r->svr & APIC_SVR_SUPPRESS_EOI);
    return vector;
}
