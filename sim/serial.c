/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/serial.h"

#include "sim/check.h"
#include "sim/explore.h"

enum { ACTORS_MAX = 5, NOBODY = 64 };

struct serial {
    struct machine *m;
    agent_id order[MACHINE_MAX_CORES + MACHINE_MAX_DEVICES];
    unsigned actors;
    struct serial_result *result;
};

/* Hardware first, then whoever acted last, then the others in their order. */
static agent_id choose(const struct serial *s, uint64_t enabled, agent_id last)
{
    unsigned index;
    for (uint64_t left = enabled; left; left &= left - 1) {
        agent_id a = (agent_id)__builtin_ctzll(left);
        enum agent_kind kind = agent_kind_of(s->m, a, &index);
        if (kind == AGENT_BUFFER || kind == AGENT_MESSAGE)
            return a;
    }
    if (last != NOBODY && (enabled >> last & 1))
        return last;
    for (unsigned i = 0; i < s->actors; i++)
        if (enabled >> s->order[i] & 1)
            return s->order[i];
    assert(!"each agent is one or the other");
    return 0;
}

static bool is_actor(const struct serial *s, agent_id a)
{
    unsigned index;
    enum agent_kind kind = agent_kind_of(s->m, a, &index);
    return kind == AGENT_CORE || kind == AGENT_DEVICE;
}

/* More memory is shared than was known: what has been run so far says nothing. */
static bool saw_more(const struct machine *m)
{
    return m->visibility.found || m->observed_more;
}

static void run(struct serial *s)
{
    struct machine *m = s->m;
    agent_id last = NOBODY;
    struct footprint fp;
    uint64_t enabled;
    machine_restore(m);
    for (unsigned steps = 0; (enabled = machine_enabled(m)); steps++) {
        if (saw_more(m))
            return;
        if (steps == EXPLORE_MAX_STEPS) {
            m->state->bounds |= BOUND_STEPS;
            break;
        }
        agent_id a = choose(s, enabled, last);
        agent_next(m, a, &fp);
        check_step(m, a, &fp);
        last = is_actor(s, a) ? a : last;
    }
    if (!enabled && !check_released(m))
        check_terminal(m);
    s->result->executions++;
    s->result->bounds |= m->state->bounds;
    for (unsigned i = 0; i < m->state->finding_count; i++)
        if (!s->result->finding.kind && m->state->finding[i].kind != FINDING_LIMIT)
            s->result->finding = m->state->finding[i];
}

/* All orders, the first that is not settled in each place in turn. */
static void run_orders(struct serial *s, unsigned settled)
{
    if (settled == s->actors || settled == ACTORS_MAX) {
        run(s);
        return;
    }
    for (unsigned i = settled; i < s->actors; i++) {
        agent_id first = s->order[settled];
        s->order[settled] = s->order[i];
        s->order[i] = first;
        run_orders(s, settled + 1);
        s->order[i] = s->order[settled];
        s->order[settled] = first;
    }
}

void serial_explore(struct machine *m, struct serial_result *result)
{
    struct serial s = {.m = m, .result = result};
    for (unsigned i = 0; i < m->cores; i++)
        s.order[s.actors++] = (agent_id)i;
    for (unsigned i = 0; i < m->devices; i++)
        s.order[s.actors++] = agent_of_device(m, i);
    do {
        *result = (struct serial_result){0};
        visible_absorb(&m->visibility);
        m->observed_more = false;
        m->core_ops->begin(m->cpu);
        run_orders(&s, 0);
    } while (saw_more(m));
}
