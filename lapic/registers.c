/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a local APIC: which exist in which mode, what may be done with them, what others
 * can see of that. After the SDM vol. 3, APIC: tables 10-1 and 10-6, 10.8.6.
 */
#include <stddef.h>

#include "lapic/esr.h"
#include "lapic/internal.h"
#include "lapic/icr.h"
#include "lapic/lvt.h"
#include "lapic/mode.h"
#include "lapic/timer.h"

/*
 * What an access can be seen by, beyond the core itself. Others touch a core's INTR only by
 * arrivals, which set IRR bits: EOI (ISR), TPR and the self-IPI (IRR) commute with those, and the
 * result is the same in either order. Whether the core could have been interrupted before the
 * access is a read that the core adds by itself. SVR, LDR and DFR decide if an arrival is
 * accepted, ESR and the local vector table what is logged and raised: those do not commute.
 */
enum touch { QUIET, SEES_INTR, CHANGES_INTR, ADDS_INTR, RAISES_TPR, SENDS, TIMER, ENDS };

#define DWORD 0xffffffffull

static const struct apic_register register_table[] = {
    {APIC_ID, 1, R, BOTH, QUIET, QUIET, 0},
    {APIC_VERSION, 1, R, BOTH, QUIET, QUIET, 0},
    {APIC_TPR, 1, RW, BOTH, QUIET, RAISES_TPR, 0xff},
    {APIC_APR, 1, R, XAPIC, QUIET, QUIET, 0},
    {APIC_PPR, 1, R, BOTH, SEES_INTR, QUIET, 0},
    {APIC_EOI, 1, W, BOTH, QUIET, ENDS, 0},
    {APIC_RRD, 1, R, XAPIC, QUIET, QUIET, 0},
    {APIC_LDR, 1, RW, XAPIC, QUIET, CHANGES_INTR, 0xff000000},
    {APIC_LDR, 1, R, X2APIC, QUIET, QUIET, 0},
    {APIC_DFR, 1, RW, XAPIC, QUIET, CHANGES_INTR, 0xf0000000},
    {APIC_SVR, 1, RW, BOTH, QUIET, CHANGES_INTR, 0x11ff},
    {APIC_ISR, 8, R, BOTH, SEES_INTR, QUIET, 0},
    {APIC_TMR, 8, R, BOTH, SEES_INTR, QUIET, 0},
    {APIC_IRR, 8, R, BOTH, SEES_INTR, QUIET, 0},
    {APIC_ESR, 1, RW, BOTH, QUIET, CHANGES_INTR, 0},
    {APIC_LVT_CMCI, 1, RW, BOTH, SEES_INTR, CHANGES_INTR, LVT_BITS_OTHER},
    {APIC_ICR, 1, RW, XAPIC, QUIET, SENDS, ICR_WRITTEN},
    {APIC_ICR, 1, RW, X2APIC, QUIET, SENDS, ~ICR_RESERVED},
    {APIC_ICR_HIGH, 1, RW, XAPIC, QUIET, QUIET, 0xff000000},
    {APIC_LVT_TIMER, 1, RW, BOTH, SEES_INTR, TIMER, LVT_BITS_TIMER},
    {APIC_LVT_THERMAL, 2, RW, BOTH, SEES_INTR, CHANGES_INTR, LVT_BITS_OTHER},
    {APIC_LVT_LINT0, 2, RW, BOTH, SEES_INTR, CHANGES_INTR, LVT_BITS_LINT},
    {APIC_LVT_ERROR, 1, RW, BOTH, SEES_INTR, CHANGES_INTR, LVT_BITS_ERROR},
    {APIC_INITIAL_COUNT, 1, RW, BOTH, QUIET, TIMER, DWORD},
    {APIC_CURRENT_COUNT, 1, R, BOTH, TIMER, QUIET, 0},
    {APIC_DIVIDE, 1, RW, BOTH, QUIET, TIMER, 0xb},
    {APIC_SELF_IPI, 1, W, X2APIC, QUIET, ADDS_INTR, 0xff},
};

const struct apic_register *register_find(uint32_t index, unsigned mode)
{
    for (size_t i = 0; i < sizeof register_table / sizeof *register_table; i++) {
        const struct apic_register *d = &register_table[i];
        if ((d->mode & mode) && index >= d->first && index < (uint32_t)d->first + d->count)
            return d;
    }
    return NULL;
}

static unsigned mode_bit(const struct lapic *l, unsigned core)
{
    return lapic_mode(l, core) == APIC_X2APIC ? X2APIC : XAPIC;
}

/* What the ICR holds behind a write: in xAPIC mode that is of the low dword. */
static uint64_t icr_value(const struct lapic *l, unsigned core, uint64_t value)
{
    if (mode_bit(l, core) == X2APIC)
        return value & ~(uint64_t)APIC_ICR_PENDING;
    return (value & ICR_WRITTEN) | (l->regs[core].icr & ~DWORD);
}

/* If a raised TPR may leave INTR asserted, it matters whether an arrival comes before. */
void tpr_next(const struct lapic *l, unsigned core, struct footprint *fp)
{
    bool latches = l->m->knobs.value[KNOB_SPURIOUS_INTERRUPT] == 1;
    footprint_add(fp, lapic_intr(core), latches ? ACCESS_WRITE : ACCESS_ACCUMULATE);
}

void register_next(struct lapic *l, unsigned core, const struct apic_register *d, bool write,
                   uint64_t value, struct footprint *fp, unsigned *flags)
{
    switch ((enum touch)(write ? d->write_touch : d->read_touch)) {
    case QUIET:
        break;
    case SEES_INTR:
        footprint_add(fp, lapic_intr(core), ACCESS_READ);
        break;
    case CHANGES_INTR:
        footprint_add(fp, lapic_intr(core), ACCESS_WRITE);
        break;
    case ADDS_INTR:
        footprint_add(fp, lapic_intr(core), ACCESS_ACCUMULATE);
        lapic_next_accept(l, core, value & 0xff, false, fp);
        break;
    case RAISES_TPR:
        tpr_next(l, core, fp);
        break;
    case ENDS:
        lapic_next_eoi(l, core, fp, flags);
        break;
    case TIMER:
        timer_next_access(l, core, d->first, write, fp);
        break;
    case SENDS:
        icr_next(l, core, icr_value(l, core, value), fp, flags);
        break;
    }
}

/* ---- Reading ---- */

/* TPR and ISR change in steps of this core alone, so all equivalent executions read PPR with the same
 * ones, and ask the knob or not. */
static uint64_t read_ppr(struct lapic *l, const struct apic_regs *r)
{
    bool zero = apic_ppr_is_ambiguous(r) && knob_value(&l->m->knobs, KNOB_PPR_SUBCLASS) == 1;
    return apic_ppr(r, zero);
}

/* One of the arrays of eight; NULL if it is none. */
static const uint32_t *array_of(const struct apic_regs *r, uint32_t index)
{
    switch (index & ~7u) {
    case APIC_ISR & ~7: return r->isr;
    case APIC_TMR & ~7: return r->tmr;
    case APIC_IRR & ~7: return r->irr;
    default: return NULL;
    }
}

uint64_t register_read(struct lapic *l, unsigned core, uint32_t index)
{
    const struct apic_regs *r = lapic_regs(l, core);
    bool x2apic = lapic_mode(l, core) == APIC_X2APIC;
    if (apic_lvt_of(index) >= 0)
        return r->lvt[apic_lvt_of(index)];
    if (array_of(r, index))
        return array_of(r, index)[index & 7];
    switch (index) {
    case APIC_ID: return x2apic ? r->id : r->id << 24;
    case APIC_VERSION: return APIC_VERSION_VALUE;
    case APIC_TPR: return r->tpr;
    case APIC_PPR: return read_ppr(l, r);
    case APIC_LDR: return apic_ldr(r);
    case APIC_DFR: return r->dfr;
    case APIC_SVR: return r->svr;
    case APIC_ESR: return r->esr;
    case APIC_ICR: return x2apic ? r->icr : r->icr & DWORD;
    case APIC_ICR_HIGH: return r->icr >> 32;
    case APIC_INITIAL_COUNT: return r->initial_count;
    case APIC_CURRENT_COUNT: return timer_read_current(l, &l->cpu->core[core]);
    case APIC_DIVIDE: return r->divide;
    case APIC_APR: case APIC_RRD: case APIC_EOI: return 0;
    default: assert(!"a register of the table that nobody reads"); return 0;
    }
}

/* ---- Writing ---- */

void tpr_write(struct lapic *l, unsigned core, uint32_t value)
{
    struct apic_regs *r = lapic_regs(l, core);
    bool raised = (value & 0xf0) > (r->tpr & 0xf0); /* its own steps alone decide this */
    apic_write_tpr(r, value, raised && knob_value(&l->m->knobs, KNOB_SPURIOUS_INTERRUPT) == 1);
}

void register_write_lvt(struct lapic *l, unsigned core, enum apic_lvt which, uint32_t value)
{
    struct apic_regs *r = lapic_regs(l, core);
    apic_write_lvt(r, which, value);
    if (apic_lvt_illegal(which, value) && knob_value(&l->m->knobs, KNOB_LVT_ILLEGAL_VECTOR) == 1)
        apic_log_error(r, APIC_ESR_RECEIVE_ILLEGAL);
}

/* SDM vol. 3, 10.6.2.2: a core whose logical address changes is looked at when a message arrives. */
static void write_address(struct lapic *l, unsigned core, uint32_t *reg, uint32_t value)
{
    *reg = value;
    lapic_observe(l, core);
}

void register_write(struct lapic *l, struct core *c, uint32_t index, uint64_t value)
{
    struct apic_regs *r = lapic_regs(l, c->id);
    value &= register_find(index, mode_bit(l, c->id))->bits;
    uint32_t low = (uint32_t)value;
    switch (index) {
    case APIC_TPR: tpr_write(l, c->id, low); break;
    case APIC_EOI: lapic_eoi(l, c->id); return;
    case APIC_LDR: write_address(l, c->id, &r->ldr, low); break;
    case APIC_DFR: write_address(l, c->id, &r->dfr, low | 0x0fffffff); break;
    case APIC_SVR: apic_write_svr(r, low); break;
    case APIC_ESR: apic_write_esr(r); break;
    case APIC_INITIAL_COUNT: timer_write_initial(l, c, low); break;
    case APIC_DIVIDE: timer_write_divide(l, c, low); break;
    case APIC_LVT_TIMER: timer_write_lvt(l, c, low); break;
    case APIC_SELF_IPI: self_ipi_send(l, c->id, low); return;
    case APIC_ICR_HIGH: r->icr = value << 32 | (r->icr & DWORD); break;
    case APIC_ICR:
        r->icr = icr_value(l, c->id, value);
        icr_send(l, c, r->icr);
        return;
    default:
        assert(apic_lvt_of(index) >= 0);
        register_write_lvt(l, c->id, (enum apic_lvt)apic_lvt_of(index), low);
    }
    machine_say(l->m, STEP_REGISTER, "APIC register %#x = %#llx", index, (unsigned long long)value);
}
