/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/check.h"

#include <stdio.h>

#include "sim/watch.h"

static bool concerns(const struct invariant *inv, unsigned index, const struct footprint *fp)
{
    if (fp->events & inv->events)
        return true;
    if (!inv->every_step)
        return false;
    uint64_t resource = resource_make(RES_INVARIANT, index);
    for (uint32_t i = 0; i < fp->count; i++)
        if (fp->access[i].resource == resource)
            return true;
    return false;
}

/* An invariant asks what is pending at a core while that core is in host mode. */
static void note_observers(struct machine *m, const struct footprint *fp, uint32_t from)
{
    for (uint32_t i = from; i < fp->count; i++) {
        uint64_t r = fp->access[i].resource;
        enum resource_kind kind = resource_kind(r);
        if ((kind == RES_INTR || kind == RES_INBOUND) &&
            m->core_ops->in_host(m->cpu, (unsigned)resource_id(r)))
            machine_observe(m, (unsigned)resource_id(r));
    }
}

static void check_invariants(struct machine *m, struct footprint *fp)
{
    uint32_t before = fp->count;
    if (m->state->bounds & BOUND_MODEL)
        return; /* what happens behind the limit says nothing */
    for (unsigned k = 0; k < m->invariant_count; k++) {
        const struct invariant *inv = &m->invariant[k];
        char message[160] = "";
        if (concerns(inv, k, fp) && !inv->holds(inv->context, m, fp, message, sizeof message))
            machine_find(m, FINDING_INVARIANT, inv->name, "%s", message);
    }
    note_observers(m, fp, before);
}

/* Is the core inside a region, or that of the store buffer? Where a core's step ends depends on what it
 * reads, and so do the regions that it leaves; and a drain ends one if the core has passed its end. */
static bool is_inside(const struct machine *m, agent_id a)
{
    return a < 2 * m->cores && m->state->regions[a % m->cores];
}

static void note_was(struct machine *m)
{
    for (unsigned k = 0; k < m->invariant_count; k++) {
        const struct invariant *inv = &m->invariant[k];
        if (inv->was)
            *inv->was = memory_read(&m->memory, inv->ranges[0].address, (unsigned)inv->ranges[0].size);
    }
}

void check_step(struct machine *m, agent_id a, struct footprint *fp)
{
    bool inside = is_inside(m, a);
    m->stepping = a;
    note_was(m);
    agent_step(m, a);
    fp->events |= m->tail.events;
    for (uint32_t i = 0; i < m->tail.count; i++)
        footprint_add_access(fp, m->tail.access[i]);
    fp->conditional = fp->events || inside || is_inside(m, a);
    if (!m->invariant_count)
        return;
    if (m->tail.count && watch_step(m, a, fp))
        fp->conditional = true;
    check_invariants(m, fp);
}

static void check_cores(struct machine *m)
{
    for (unsigned i = 0; i < m->cores; i++) {
        if (m->core_ops->spinning(m->cpu, i))
            machine_find(m, FINDING_LIVELOCK, "",
                         "CPU%u spins with pause, and nobody can release it any more", i);
        else if (!m->core_ops->idle(m->cpu, i))
            machine_find(m, FINDING_DEADLOCK, "", "CPU%u can never go on", i);
    }
}

bool check_released(struct machine *m)
{
    for (unsigned i = 0; i < m->cores; i++)
        if (m->core_ops->spinning(m->cpu, i) && m->core_ops->released(m->cpu, i))
            return true;
    return false;
}

void check_terminal(struct machine *m)
{
    if (m->state->stopped || (m->state->bounds & (BOUND_INSTRUCTIONS | BOUND_MODEL)))
        return; /* what a core still owed says nothing */
    for (unsigned i = 0; i < m->obligation_count; i++) {
        const struct obligation *o = &m->obligation[i];
        char message[160] = "";
        if (!o->met(o->context, m, message, sizeof message))
            machine_find(m, FINDING_OBLIGATION, o->name, "%s", message);
    }
    check_cores(m);
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[] = {
        [FINDING_NONE] = "none",
        [FINDING_INVARIANT] = "invariant broken",
        [FINDING_OBLIGATION] = "obligation unmet",
        [FINDING_DEADLOCK] = "deadlock",
        [FINDING_LIVELOCK] = "livelock",
        [FINDING_WARN] = "warning",
        [FINDING_BUG] = "bug",
        [FINDING_ENTRY] = "failed VM entry",
        [FINDING_FAULT] = "fault",
        [FINDING_LIMIT] = "limit of the model",
    };
    return names[kind];
}

const char *finding_title(const struct finding *f)
{
    return f->name[0] ? f->name : finding_kind_name(f->kind);
}

void bounds_describe(uint32_t bounds, char *text, size_t size)
{
    static const char *const names[] = {
        "stores in a store buffer", "messages in flight of one source",
        "instructions without a visible step", "steps of an execution", "executions", "seconds",
        "what the model has", "preemptions", "sampled", "stopped by the user",
    };
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if ((bounds >> i & 1) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", names[i]);
}
