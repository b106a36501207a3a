/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of the x2APIC registers (800h to BFFh) and of IA32_APIC_BASE, with their faults.
 * After the SDM vol. 3 (June 2016), APIC: tables 10-1 and 10-6, 10.4.4, 10.12.1 to 10.12.3.
 *
 * WRMSR to an x2APIC register is not serializing and does not drain the store buffer (10.12.3).
 * Left out: entries of the LVT but the timer's (timer.c) and the error entry keep what is written,
 * with their write masks, and do nothing.
 */
#include <stddef.h>

#include "lapic/internal.h"
#include "lapic/timer.h"

enum { R = 1, W = 2, RW = R | W };

/*
 * What an access can be seen by, beyond the core itself. Others touch a core's INTR only by
 * arrivals, which set IRR bits: EOI (ISR), TPR and the self-IPI (IRR) commute with those, and the
 * result is the same in either order. Whether the core could have been interrupted before the
 * access is a read that the core adds by itself. SVR and IA32_APIC_BASE decide if an arrival is
 * accepted, ESR and the error entry of the LVT what it logs: those do not commute.
 */
enum touch { QUIET, SEES_INTR, CHANGES_INTR, ADDS_INTR, SENDS, TIMER };

struct apic_msr {
    uint16_t first, count;
    uint8_t access;
    uint8_t read_touch, write_touch; /* enum touch */
    uint64_t reserved;               /* bits whose write as 1 is #GP */
};

#define ABOVE(bits) (~0ull << (bits))

static const struct apic_msr msr_table[] = {
    {APIC_ID, 1, R, QUIET, QUIET, 0},
    {APIC_VERSION, 1, R, QUIET, QUIET, 0},
    {APIC_TPR, 1, RW, QUIET, ADDS_INTR, ABOVE(8)},
    {APIC_PPR, 1, R, SEES_INTR, QUIET, 0},
    {APIC_EOI, 1, W, QUIET, ADDS_INTR, ABOVE(0)},
    {APIC_LDR, 1, R, QUIET, QUIET, 0},
    {APIC_SVR, 1, RW, QUIET, CHANGES_INTR, ~0x11ffull},
    {APIC_ISR, 8, R, SEES_INTR, QUIET, 0},
    {APIC_TMR, 8, R, SEES_INTR, QUIET, 0},
    {APIC_IRR, 8, R, SEES_INTR, QUIET, 0},
    {APIC_ESR, 1, RW, QUIET, CHANGES_INTR, ABOVE(0)},
    {APIC_LVT_CMCI, 1, RW, QUIET, QUIET, ~0x117ffull},
    {APIC_ICR, 1, RW, QUIET, SENDS, 0xfff32000},
    {APIC_LVT_TIMER, 1, RW, QUIET, TIMER, ~0x710ffull},
    {APIC_LVT_THERMAL, 2, RW, QUIET, QUIET, ~0x117ffull},
    {APIC_LVT_LINT0, 2, RW, QUIET, QUIET, ~0x1f7ffull},
    {APIC_LVT_ERROR, 1, RW, QUIET, CHANGES_INTR, ~0x110ffull},
    {APIC_INITIAL_COUNT, 1, RW, QUIET, TIMER, ABOVE(32)},
    {APIC_CURRENT_COUNT, 1, R, TIMER, QUIET, 0},
    {APIC_DIVIDE, 1, RW, QUIET, TIMER, ~0xbull},
    {APIC_SELF_IPI, 1, W, QUIET, ADDS_INTR, ABOVE(8)},
};

static const struct apic_msr *find(uint32_t msr)
{
    for (size_t i = 0; i < sizeof msr_table / sizeof *msr_table; i++) {
        const struct apic_msr *d = &msr_table[i];
        if (msr >= d->first && msr < (uint32_t)d->first + d->count)
            return d;
    }
    return NULL;
}

static bool x2apic_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                        struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    const struct apic_msr *d = find(msr);
    /* SDM vol. 3, 10.12.2: in xAPIC mode and when disabled every index of the range faults. */
    if (apic_mode_of(lapic_regs(l, c->id)->base) != APIC_X2APIC || !d)
        return false;
    if (!(d->access & (write ? W : R)) || (write && (value & d->reserved)))
        return false;
    switch ((enum touch)(write ? d->write_touch : d->read_touch)) {
    case QUIET:
        break;
    case SEES_INTR:
        footprint_add(fp, lapic_intr(c->id), ACCESS_READ);
        break;
    case CHANGES_INTR:
        footprint_add(fp, lapic_intr(c->id), ACCESS_WRITE);
        break;
    case ADDS_INTR:
        footprint_add(fp, lapic_intr(c->id), ACCESS_ACCUMULATE);
        break;
    case TIMER:
        timer_next_access(l, c, msr, write, fp);
        break;
    case SENDS:
        fabric_next_send(l, c->id, value, fp, flags);
        break;
    }
    return true;
}

static int lvt_of(uint32_t msr)
{
    if (msr == APIC_LVT_CMCI)
        return LVT_CMCI;
    if (msr >= APIC_LVT_TIMER && msr <= APIC_LVT_ERROR)
        return LVT_TIMER + (int)(msr - APIC_LVT_TIMER);
    return -1;
}

/* TPR and ISR change in steps of this core alone, so all equivalent executions read PPR with the same
 * ones, and ask the knob or not. */
static uint64_t read_ppr(struct lapic *l, const struct apic_regs *r)
{
    bool zero = apic_ppr_is_ambiguous(r) && knob_value(&l->m->knobs, KNOB_PPR_SUBCLASS) == 1;
    return apic_ppr(r, zero);
}

static uint64_t x2apic_read(struct lapic *l, struct core *c, uint32_t msr)
{
    const struct apic_regs *r = lapic_regs(l, c->id);
    if (lvt_of(msr) >= 0)
        return r->lvt[lvt_of(msr)];
    if (msr >= APIC_ISR && msr < APIC_ISR + 8)
        return r->isr[msr - APIC_ISR];
    if (msr >= APIC_TMR && msr < APIC_TMR + 8)
        return r->tmr[msr - APIC_TMR];
    if (msr >= APIC_IRR && msr < APIC_IRR + 8)
        return r->irr[msr - APIC_IRR];
    switch (msr) {
    case APIC_ID: return r->id;
    case APIC_VERSION: return APIC_VERSION_VALUE;
    case APIC_TPR: return r->tpr;
    case APIC_PPR: return read_ppr(l, r);
    case APIC_LDR: return apic_logical_id(r->id);
    case APIC_SVR: return r->svr;
    case APIC_ESR: return r->esr;
    case APIC_ICR: return r->icr;
    case APIC_INITIAL_COUNT: return r->initial_count;
    case APIC_CURRENT_COUNT: return timer_read_current(l, c);
    case APIC_DIVIDE: return r->divide;
    default: assert(!"a register of the table that nobody reads"); return 0;
    }
}

static void self_ipi(struct lapic *l, struct apic_regs *r, unsigned vector)
{
    machine_say(l->m, STEP_SEND, "self-IPI %#x", vector);
    /* SDM vol. 3, 10.12.11: when the WRMSR completes the IRR bit is set; 10.5.3 for errors. */
    if (vector < APIC_FIRST_VECTOR)
        apic_log_error(r, APIC_ESR_SEND_ILLEGAL);
    else
        apic_accept_fixed(r, vector, false);
}

static void x2apic_write(struct lapic *l, struct core *c, uint32_t msr, uint64_t value)
{
    struct apic_regs *r = lapic_regs(l, c->id);
    if (lvt_of(msr) >= 0 && msr != APIC_LVT_TIMER) {
        apic_write_lvt(r, (enum apic_lvt)lvt_of(msr), (uint32_t)value);
        return;
    }
    switch (msr) {
    case APIC_TPR: r->tpr = (uint32_t)value; break;
    case APIC_EOI: lapic_eoi(l, c->id); return;
    case APIC_SVR: apic_write_svr(r, (uint32_t)value); break;
    case APIC_ESR: apic_write_esr(r); break;
    case APIC_LVT_TIMER: case APIC_INITIAL_COUNT: case APIC_DIVIDE:
        timer_write(l, c, msr, (uint32_t)value);
        break;
    case APIC_SELF_IPI: self_ipi(l, r, (unsigned)value); return;
    case APIC_ICR:
        r->icr = value & ~(1ull << 12);
        fabric_send(l, c, value);
        return;
    default: assert(!"a register of the table that nobody writes");
    }
    machine_say(l->m, STEP_REGISTER, "APIC register %#x = %#llx", msr, (unsigned long long)value);
}

static bool x2apic_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct lapic *l = owner;
    assert(find(msr));
    if (write)
        x2apic_write(l, c, msr, *value);
    else
        *value = x2apic_read(l, c, msr);
    return true;
}

static bool base_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                      struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    (void)msr;
    if (!write)
        return true;
    if (!apic_base_allowed(lapic_regs(l, c->id)->base, value, LAPIC_PHYSICAL_BITS))
        return false;
    footprint_add(fp, lapic_intr(c->id), ACCESS_WRITE);
    footprint_add(fp, timer_resource(c->id), ACCESS_WRITE);
    *flags |= POINT_DRAINED; /* an ordinary WRMSR is serializing (SDM vol. 3, 8.3) */
    return true;
}

static bool base_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct lapic *l = owner;
    struct apic_regs *r = lapic_regs(l, c->id);
    (void)msr;
    if (!write) {
        *value = r->base;
        return true;
    }
    enum apic_mode before = apic_mode_of(r->base);
    r->base = *value;
    /* SDM vol. 3, 10.4.3 and 10.12.5.1: a disabled APIC may return to its power-up state. */
    if (apic_mode_of(*value) == APIC_DISABLED && before != APIC_DISABLED) {
        apic_reset_registers(r);
        timer_reset(l, c->id);
    }
    machine_say(l->m, STEP_REGISTER, "IA32_APIC_BASE = %#llx", (unsigned long long)*value);
    return true;
}

const struct msr_ops lapic_x2apic_ops = {
    .first = APIC_MSR_FIRST,
    .last = APIC_MSR_LAST,
    .next = x2apic_next,
    .access = x2apic_access,
};

const struct msr_ops lapic_base_ops = {
    .first = MSR_APIC_BASE,
    .last = MSR_APIC_BASE,
    .next = base_next,
    .access = base_access,
};
