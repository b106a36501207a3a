/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Points: the places at which a core waits for its turn. Which of its steps need one, under which
 * conditions the next step can be made, and what it will touch.
 */
#include "cpu/internal.h"
#include "sim/message.h"
#include "sim/tso.h"

/* A handler is quiet as long as it only ends its interrupt (accesses to INTR alone) and returns to
 * where it came from, see interrupt_return(). What it does beyond that can be seen by others, and so
 * can the moment at which it does it. Regions that it passes are noticed in marker.c. */
static void observe_handler(struct core *c, const struct footprint *fp, unsigned flags)
{
    bool quiet = fp->count || (flags & POINT_RETURN);
    if (!core_in_handler(c))
        return;
    for (uint32_t i = 0; i < fp->count; i++)
        quiet &= fp->access[i].resource == resource_make(RES_INTR, c->id);
    if (!quiet)
        machine_observe(c->m, c->id);
}

/*
 * A boundary of a thread can be left out if all that handlers on this core ever do is to end their
 * interrupt and return with all registers as they were, and nobody looks at what is pending here
 * meanwhile: then taking the interrupt before a plain access or after it leads to the same state,
 * and a message that came earlier might as well have come later. The boundaries before cli, hlt, VM
 * entry and register accesses stay; a thread that blocks one of those (MOV SS) or changes what a
 * delivery does (LIDT) keeps all. Which cores qualify is found out like visible memory is.
 */
static bool boundary_matters(const struct core *c, unsigned flags)
{
    if (!(flags & POINT_PLAIN) || c->m->every_boundary)
        return true;
    if (c->state->non_root || core_level(c) != LEVEL_THREAD)
        return true;
    return core_is_observed(c);
}

/* Touches nothing, waits for nothing, and nothing could interrupt it: a step that nobody sees. NMIs
 * come to observed cores alone. */
static bool nobody_sees(struct core *c, unsigned flags, const struct footprint *fp)
{
    return !fp->count && !fp->events && !(flags & ~(unsigned)(POINT_BOUNDARY | POINT_PLAIN)) &&
           !event_interruptible(c) && (!core_is_observed(c) || c->state->held);
}

/* Regions are entered in the very step that they begin with; see marker.c. */
static uint16_t *regions_entered(struct core *c)
{
    return &c->state->entering[c->state->level_count];
}

/* What follows an MFENCE that has not waited by itself, because something behind it need not. */
static unsigned behind_mfence(struct core *c, unsigned flags)
{
    if (flags & POINT_UNFENCED)
        return flags;
    c->state->mfence = 0;
    return c->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] == 1 ? flags | POINT_DRAINED : flags;
}

bool core_point(struct core *c, const struct footprint *fp, unsigned flags)
{
    if (c->state->mfence)
        flags = behind_mfence(c, flags);
    c->state->drains += !!(flags & POINT_DRAINED);
    if (c->cpu->in_setup)
        return true;
    observe_handler(c, fp, flags);
    if (!boundary_matters(c, flags))
        flags &= ~(unsigned)POINT_BOUNDARY;
    if (nobody_sees(c, flags, fp))
        return true;
    for (;;) {
        if (!(flags & POINT_ACCESS))
            c->state->acount++;
        c->exec.next = fp;
        c->exec.flags = flags;
        c->exec.quiet_since = c->state->icount;
        coroutine_suspend(&c->coroutine);
        if (!(flags & POINT_BOUNDARY) || !event_pending(c))
            break;
        if (event_take(c) == EVENT_DIVERTED) {
            c->state->activity = ACTIVITY_ACTIVE;
            return false;
        }
        flags &= ~(unsigned)POINT_ACCESS;
    }
    c->exec.visible_done++;
    c->m->state->regions[c->id] |= *regions_entered(c);
    *regions_entered(c) = 0;
    return true;
}

static bool has_access(const struct footprint *fp, const struct access *a)
{
    for (uint32_t i = 0; i < fp->count; i++)
        if (!memcmp(&fp->access[i], a, sizeof *a))
            return true;
    return false;
}

void core_touch_now(struct core *c, const struct footprint *announced, const struct footprint *now)
{
    for (uint32_t i = 0; i < now->count; i++)
        if (!has_access(announced, &now->access[i]))
            footprint_add_access(&c->m->tail, now->access[i]);
}

void core_end(struct core *c)
{
    static const struct footprint nothing;
    c->m->state->stopped |= 1u << c->id;
    for (;;) {
        c->exec.next = &nothing;
        c->exec.flags = POINT_ENDED;
        coroutine_suspend(&c->coroutine);
    }
}

bool point_enabled(void *cpu, unsigned core)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    unsigned flags = c->exec.flags;
    if (flags & (POINT_ENDED | POINT_SETUP))
        return false;
    if (core_event_ready(c))
        return !event_waits(c);
    if (flags & POINT_WAIT_EVENT)
        return false;
    if (flags & POINT_WAIT_CHANGE)
        return !c->m->stop_vain_rounds && spin_changed(c);
    if ((flags & POINT_DRAINED) && !tso_empty(c->m, core))
        return false;
    if ((flags & POINT_STORE) && tso_full(c->m, core)) {
        c->m->state->bounds |= BOUND_STORE_BUFFER;
        return false;
    }
    if ((flags & POINT_SENT) && message_ipi_in_flight(c->m, core))
        return false;
    return !(flags & POINT_SLOT) || message_can_send(c->m, core);
}

/* At most points nothing but the core itself decides, or the room in its buffer; and without an APIC and
 * virtualization no event can come. This is asked before each step. */
uint64_t point_enabled_cores(void *cpu)
{
    const struct cpu *p = cpu;
    bool events = p->apic || p->virt;
    unsigned always = POINT_ACCESS | POINT_PLAIN | POINT_RETURN | POINT_UNFENCED | (events ? 0 : POINT_BOUNDARY);
    unsigned never = POINT_ENDED | (events ? 0 : POINT_WAIT_EVENT);
    uint64_t mask = 0;
    for (unsigned i = 0; i < p->m->cores; i++) {
        unsigned flags = p->core[i].exec.flags & ~always;
        if (!flags || (flags == POINT_STORE && !tso_full(p->m, i)) ||
            (!(flags & never) && point_enabled(cpu, i)))
            mask |= 1ull << i;
    }
    return mask;
}

static void next_access(const struct core *c, const struct access *a, struct footprint *fp)
{
    bool own_load = a->mode == ACCESS_READ && a->unit == c->id + 1;
    if (own_load && !tso_empty(c->m, c->id))
        tso_next_load(c->m, c->id, a, fp);
    else
        footprint_add_access(fp, *a);
}

void point_next(void *cpu, unsigned core, struct footprint *fp)
{
    struct core *c = &((struct cpu *)cpu)->core[core];
    if (core_event_ready(c)) {
        unsigned flags;
        event_next(c, fp, &flags);
        if (flags & POINT_DRAINED)
            tso_order_after_drains(c->m, core, fp);
        return;
    }
    fp->events = c->exec.next->events;
    for (uint32_t i = 0; i < c->exec.next->count; i++)
        next_access(c, &c->exec.next->access[i], fp);
    for (unsigned left = *regions_entered(c); left; left &= left - 1)
        footprint_add(fp, region_resource(c->id, (unsigned)__builtin_ctz(left)), ACCESS_WRITE);
    if (c->exec.flags & POINT_DRAINED)
        tso_order_after_drains(c->m, core, fp);
    if (c->exec.flags & POINT_BOUNDARY)
        event_next_boundary(c, fp);
}
