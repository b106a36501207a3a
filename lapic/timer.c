/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC's timer: one-shot, periodic and TSC-deadline mode, and the clocks that its core reads.
 * After the SDM vol. 3, APIC: 10.5.4, 10.5.4.1.
 *
 * A running timer is an agent whose step is "it expires". How fast the core executes is open, so that it
 * may expire before any of the core's instructions. Clocks count the core's instructions, one a cycle
 * at most: that is the least time that has passed. So
 *  - the current count reads start - instructions / divisor, and not 0 before the timer has expired;
 *  - a read for which the own clock has run out finds the timer expired: it expires in that very step;
 *  - the TSC reads as the instruction count, but at least the latest deadline that has passed.
 * No read contradicts what the timer has done, and no expiry is lost that a core slower than its
 * clock would see. Lost are values of the current count and the TSC in between.
 *
 * A timer that is stopped keeps a last step, which does nothing: without it an exploration that stops it
 * first would never see that it might have expired before.
 *
 * Left out: the crystal's frequency, C-states that stop the timer, and the spurious interrupt behind a
 * deadline that is moved, beyond the one of an expiry just before.
 */
#include "lapic/timer.h"

#include <stdio.h>
#include <stdlib.h>

#include "lapic/internal.h"

enum { MSR_TSC_DEADLINE = 0x6e0, LVT_MODE_SHIFT = 17 };

enum timer_mode { TIMER_ONE_SHOT, TIMER_PERIODIC, TIMER_DEADLINE, TIMER_RESERVED };

enum timer_state {
    TIMER_STOPPED,
    TIMER_RUNNING,
    TIMER_CANCELLED, /* stopped before it expired; the agent has not noticed yet */
};

struct apic_timer {
    uint64_t deadline;   /* IA32_TSC_DEADLINE; 0 if none is set */
    uint64_t passed;     /* the latest deadline that has passed */
    uint64_t tsc_offset; /* of the TSC from the core's instruction count */
    uint64_t since;      /* instruction count at which the current count was `start` */
    uint64_t selected;   /* 1 + core_state.drains when the xAPIC write selected deadline mode */
    uint32_t start;
    uint32_t ticks;      /* periodic: how often it may still expire */
    uint8_t state;       /* enum timer_state */
    uint8_t reloaded;    /* it has expired and begun again, and its core has not looked since */
};

struct lapic_timer {
    struct lapic *l;
    unsigned core;
    unsigned ticks;
    struct apic_timer *state; /* in the arena */
};

static struct apic_timer *timer_of(const struct lapic *l, unsigned core)
{
    return l->timer[core] ? l->timer[core]->state : NULL;
}

static enum timer_mode mode(const struct lapic *l, unsigned core)
{
    return (enum timer_mode)(lapic_regs(l, core)->lvt[LVT_TIMER] >> LVT_MODE_SHIFT & 3);
}

/* SDM vol. 3, figure 10-10: bits 3, 1, 0; 000 is /2, 110 is /128, 111 is /1. */
static unsigned divisor(const struct lapic *l, unsigned core)
{
    uint32_t divide = lapic_regs(l, core)->divide;
    unsigned code = (divide & 3) | (divide >> 1 & 4);
    return code == 7 ? 1 : 2u << code;
}

bool timer_is_running(const struct lapic *l, unsigned core)
{
    return timer_of(l, core) && timer_of(l, core)->state == TIMER_RUNNING;
}

/* A periodic timer that has used its ticks goes on counting, but nobody sees it come to 0. */
static bool can_expire(const struct lapic *l, unsigned core)
{
    const struct apic_timer *t = timer_of(l, core);
    return timer_is_running(l, core) && (mode(l, core) != TIMER_PERIODIC || t->ticks);
}

static void cancel(struct apic_timer *t)
{
    t->deadline = 0;
    t->reloaded = 0;
    if (t->state == TIMER_RUNNING)
        t->state = TIMER_CANCELLED;
}

static void expire(struct lapic *l, unsigned core)
{
    struct apic_timer *t = timer_of(l, core);
    assert(can_expire(l, core));
    if (mode(l, core) == TIMER_PERIODIC) {
        t->ticks--;
        t->reloaded = 1;
    } else {
        t->state = TIMER_STOPPED;
    }
    if (t->deadline > t->passed)
        t->passed = t->deadline;
    t->deadline = 0; /* 10.5.4.1: the MSR is cleared */
    machine_say(l->m, STEP_DEVICE, "the APIC timer of CPU%u expires", core);
    lapic_raise(l, core, LVT_TIMER);
}

/* ---- The agent ---- */

static bool enabled(void *device)
{
    const struct lapic_timer *d = device;
    return d->state->state == TIMER_CANCELLED || can_expire(d->l, d->core);
}

static void next_raise(const struct lapic *l, unsigned core, struct footprint *fp)
{
    footprint_add(fp, lapic_intr(core), ACCESS_ACCUMULATE);
    lapic_next_accept(l, core, lapic_regs(l, core)->lvt[LVT_TIMER] & 0xff, false, fp);
}

/* The mask bit of the LVT changes with SVR as well, which writes INTR: the step always touches that. */
static void next(void *device, struct footprint *fp)
{
    const struct lapic_timer *d = device;
    bool expires = d->state->state == TIMER_RUNNING;
    footprint_add(fp, timer_resource(d->core), expires ? ACCESS_WRITE : ACCESS_READ);
    if (expires)
        next_raise(d->l, d->core, fp);
}

static void step(void *device)
{
    struct lapic_timer *d = device;
    if (d->state->state == TIMER_RUNNING) {
        expire(d->l, d->core);
        return;
    }
    assert(d->state->state == TIMER_CANCELLED);
    d->state->state = TIMER_STOPPED;
    machine_say(d->l->m, STEP_DEVICE, "the APIC timer of CPU%u was stopped before it expired", d->core);
}

static void describe(void *device, char *text, size_t size)
{
    const struct lapic_timer *d = device;
    snprintf(text, size, "APIC timer of CPU%u", d->core);
}

static const struct device_ops operations = {
    .name = "timer", .enabled = enabled, .next = next, .step = step, .describe = describe};

void lapic_add_timer(struct lapic *l, unsigned core, unsigned device, unsigned ticks)
{
    struct lapic_timer *d = calloc(1, sizeof *d);
    assert(d && core < l->m->cores && !l->timer[core]);
    d->l = l;
    d->core = core;
    d->ticks = ticks;
    d->state = machine_reserve(l->m, sizeof *d->state);
    l->timer[core] = d;
    machine_set_device(l->m, device, &operations, d);
}

/* ---- A machine without the agent ---- */

/* There is no agent that could let it expire. A masked count that nobody reads is not missed. */
static void lack(struct lapic *l, const struct core *c)
{
    machine_find(l->m, FINDING_LIMIT, "", "CPU%u starts its APIC timer, which this machine does not "
                 "have: it would never expire", c->id);
}

static bool would_count(const struct lapic *l, unsigned core)
{
    return !timer_of(l, core) && lapic_regs(l, core)->initial_count &&
           mode(l, core) != TIMER_DEADLINE;
}

static bool would_raise(const struct lapic *l, unsigned core)
{
    return would_count(l, core) && !(lapic_regs(l, core)->lvt[LVT_TIMER] & APIC_LVT_MASKED);
}

/* ---- The current count ---- */

/* What the core's own clock says; 0: it has run out. */
static uint32_t own_count(const struct lapic *l, const struct core *c)
{
    const struct apic_timer *t = timer_of(l, c->id);
    uint64_t elapsed = (c->state->icount - t->since) / divisor(l, c->id);
    return elapsed < t->start ? t->start - (uint32_t)elapsed : 0;
}

/* The core's clock begins anew where it first looks behind a reload: when that was, nothing but the order
 * of the two tells. */
static void count_from(struct apic_timer *t, const struct core *c, uint32_t start)
{
    t->start = start;
    t->since = c->state->icount;
    t->reloaded = 0;
}

static bool is_counting(const struct lapic *l, unsigned core)
{
    return timer_is_running(l, core) && mode(l, core) != TIMER_DEADLINE;
}

uint32_t timer_read_current(struct lapic *l, struct core *c)
{
    struct apic_timer *t = timer_of(l, c->id);
    if (would_count(l, c->id))
        lack(l, c);
    if (!is_counting(l, c->id))
        return 0; /* also in TSC-deadline mode, 10.5.4.1 */
    if (!t->reloaded && !own_count(l, c) && can_expire(l, c->id))
        expire(l, c->id);
    if (t->reloaded)
        count_from(t, c, lapic_regs(l, c->id)->initial_count);
    uint32_t count = is_counting(l, c->id) ? own_count(l, c) : 0;
    return count || t->state == TIMER_STOPPED ? count : 1; /* one that rests has not come to 0 */
}

/* ---- The TSC ---- */

static uint64_t own_tsc(const struct apic_timer *t, const struct core *c)
{
    uint64_t tsc = c->state->icount + t->tsc_offset;
    return tsc > t->passed ? tsc : t->passed;
}

static bool deadline_is_over(const struct lapic *l, const struct core *c)
{
    const struct apic_timer *t = timer_of(l, c->id);
    return t->state == TIMER_RUNNING && t->deadline && t->deadline <= own_tsc(t, c);
}

uint64_t timer_read_tsc(struct lapic *l, struct core *c)
{
    struct apic_timer *t = timer_of(l, c->id);
    if (deadline_is_over(l, c))
        expire(l, c->id);
    uint64_t tsc = own_tsc(t, c);
    t->tsc_offset = tsc - c->state->icount;
    return tsc;
}

/* An access that finds that the own clock has run out changes the timer; another only looks. */
static void next_look(const struct lapic *l, const struct core *c, bool over, struct footprint *fp)
{
    footprint_add(fp, timer_resource(c->id), over ? ACCESS_WRITE : ACCESS_READ);
    if (over)
        next_raise(l, c->id, fp);
}

bool timer_next_tsc(struct lapic *l, struct core *c, struct footprint *fp)
{
    if (!timer_of(l, c->id))
        return false;
    next_look(l, c, deadline_is_over(l, c), fp);
    return true;
}

/* ---- Registers ---- */

void timer_next_access(const struct lapic *l, unsigned core, uint32_t index, bool write,
                       struct footprint *fp)
{
    const struct core *c = &l->cpu->core[core];
    if (index == APIC_LVT_TIMER)
        footprint_add(fp, lapic_intr(core), ACCESS_WRITE); /* an illegal vector may be logged */
    if (!timer_of(l, core))
        return;
    if (write)
        footprint_add(fp, timer_resource(core), ACCESS_WRITE);
    else
        next_look(l, c, is_counting(l, core) && !own_count(l, c), fp);
}

static void start(struct lapic *l, unsigned core)
{
    timer_of(l, core)->state = TIMER_RUNNING;
    timer_of(l, core)->ticks = l->timer[core]->ticks;
}

void timer_write_initial(struct lapic *l, struct core *c, uint32_t value)
{
    struct apic_timer *t = timer_of(l, c->id);
    if (mode(l, c->id) == TIMER_DEADLINE)
        return; /* 10.5.4.1: ignored */
    lapic_regs(l, c->id)->initial_count = value;
    if (value && mode(l, c->id) == TIMER_RESERVED)
        machine_find(l->m, FINDING_BUG, "", "CPU%u starts its APIC timer in mode 3, which is reserved",
                     c->id);
    if (would_raise(l, c->id))
        lack(l, c);
    if (!t)
        return;
    cancel(t); /* 10.5.4: 0 stops it; another value starts it anew */
    if (!value)
        return;
    start(l, c->id);
    count_from(t, c, value);
}

/* 10.5.4.1: a change from or to TSC-deadline mode disarms. Between the other two the count goes on,
 * which kvm-unit-tests require and the SDM does not say; a stopped one stays at 0. */
void timer_write_lvt(struct lapic *l, struct core *c, uint32_t value)
{
    struct apic_timer *t = timer_of(l, c->id);
    enum timer_mode before = mode(l, c->id);
    register_write_lvt(l, c->id, LVT_TIMER, value);
    enum timer_mode after = mode(l, c->id);
    if (would_raise(l, c->id))
        lack(l, c);
    if (!t || before == after)
        return;
    if ((before ^ after) & TIMER_DEADLINE)
        cancel(t);
    if (after == TIMER_DEADLINE) /* 10.5.4.1: a WRMSR may overtake the write to memory that selects it */
        t->selected = lapic_mode(l, c->id) == APIC_XAPIC ? 1 + c->state->drains : 0;
    t->ticks = l->timer[c->id]->ticks;
}

void timer_write_divide(struct lapic *l, struct core *c, uint32_t value)
{
    struct apic_timer *t = timer_of(l, c->id);
    uint32_t count = t && is_counting(l, c->id) && !t->reloaded ? own_count(l, c) : 0;
    if (count)
        count_from(t, c, count); /* from here at the new rate */
    lapic_regs(l, c->id)->divide = value;
}

void timer_reset(struct lapic *l, unsigned core)
{
    if (timer_of(l, core))
        cancel(timer_of(l, core));
}

/* ---- IA32_TSC_DEADLINE: neither serializing nor draining (10.12.3) ---- */

static bool deadline_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                          struct footprint *fp, unsigned *flags)
{
    struct lapic *l = owner;
    (void)msr, (void)flags, (void)value;
    if (!timer_of(l, c->id))
        return true;
    footprint_add(fp, timer_resource(c->id), write ? ACCESS_WRITE : ACCESS_READ);
    if (write)
        next_raise(l, c->id, fp);
    return true;
}

static void write_deadline(struct lapic *l, struct core *c, uint64_t value)
{
    struct apic_timer *t = timer_of(l, c->id);
    if (mode(l, c->id) != TIMER_DEADLINE)
        return; /* 10.5.4.1: ignored in the other modes */
    machine_say(l->m, STEP_REGISTER, "IA32_TSC_DEADLINE = %#llx", (unsigned long long)value);
    if (!t) {
        if (value)
            lack(l, c);
        return;
    }
    cancel(t);
    if (!value)
        return;
    if (t->selected == 1 + c->state->drains)
        machine_find(l->m, FINDING_BUG, "", "CPU%u: no MFENCE between the xAPIC write that selects "
                     "TSC-deadline mode and the deadline, which may be ignored then", c->id);
    start(l, c->id);
    t->deadline = value;
    if (deadline_is_over(l, c))
        expire(l, c->id); /* at once */
}

static bool deadline_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct lapic *l = owner;
    (void)msr;
    if (write)
        write_deadline(l, c, *value);
    else
        *value = timer_of(l, c->id) ? timer_of(l, c->id)->deadline : 0;
    return true;
}

const struct msr_ops lapic_deadline_ops = {
    .first = MSR_TSC_DEADLINE,
    .last = MSR_TSC_DEADLINE,
    .next = deadline_next,
    .access = deadline_access,
};
