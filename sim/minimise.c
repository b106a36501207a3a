/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All linear orders of the same happens-before relation lead to the same place, so the one with the
 * fewest switches is looked for among them. Letting an agent run as far as it can never keeps
 * another from anything, hence a shortest sequence of such runs is a shortest schedule: breadth
 * first over how far each agent has come.
 *
 * A finding of a step depends only on what happened before that step; the rest is left out. One of
 * a terminal state depends on everything.
 */
#include "sim/minimise.h"

#include <stdlib.h>
#include <xxhash.h>

#include "sim/check.h"
#include "sim/history.h"

enum { MAX_NODES = 1 << 17, MAX_EVENTS = 4096, NO_NODE = -1, TABLE_SIZE = 4 * MAX_NODES };

/* How far each agent has come, and the run that led there. */
struct progress {
    uint16_t done[MACHINE_MAX_AGENTS];
    int32_t parent;
    int32_t agent;
};

struct search {
    struct history history;
    unsigned agents;
    uint32_t needed[MACHINE_MAX_AGENTS];  /* events of each agent that the finding depends on */
    uint32_t event[MACHINE_MAX_AGENTS][MAX_EVENTS]; /* by number, from 0: index in history */
    struct progress *node;
    int32_t count;
    int32_t *table; /* nodes by hash of `done`, open addressing: the number of each, from 1; 0: free */
};

static bool is_terminal(enum finding_kind kind)
{
    return kind == FINDING_OBLIGATION || kind == FINDING_DEADLOCK || kind == FINDING_LIVELOCK;
}

static bool has_finding(const struct machine *m, const struct finding *f)
{
    for (uint32_t i = 0; i < m->state->finding_count; i++)
        if (m->state->finding[i].kind == f->kind && !strcmp(m->state->finding[i].name, f->name))
            return true;
    return false;
}

/* Runs the schedule and builds happens-before. */
static bool learn(struct search *x, struct machine *m, const struct schedule *s,
                  const struct finding *f)
{
    history_init(&x->history, m->agents);
    machine_restore(m);
    for (unsigned i = 0; i < s->count; i++) {
        struct race races[HISTORY_MAX_RACES];
        struct footprint fp;
        agent_id a = s->choice[i].agent;
        agent_next(m, a, &fp);
        check_step(m, a, &fp);
        history_push(&x->history, a, &fp, races);
        const struct event *e = &x->history.event[i];
        if (e->number > MAX_EVENTS)
            return false;
        x->event[a][e->number - 1] = i;
    }
    const uint16_t *past = history_clock(&x->history, s->count - 1);
    for (unsigned a = 0; a < m->agents; a++) {
        uint32_t last = x->history.last[a];
        uint32_t all = last == NO_EVENT ? 0 : x->history.event[last].number;
        x->needed[a] = is_terminal((enum finding_kind)f->kind) ? all : past[a];
    }
    return true;
}

/* May the agent's next event happen, given how far everybody has come? */
static bool may_happen(const struct search *x, const struct progress *p, unsigned agent)
{
    if (p->done[agent] == x->needed[agent])
        return false;
    const uint16_t *clock = history_clock(&x->history, x->event[agent][p->done[agent]]);
    for (unsigned a = 0; a < x->agents; a++)
        if (a != agent && p->done[a] < clock[a])
            return false;
    return true;
}

/* Where a node with this `done` is, or would go, in the table. */
static int32_t *slot_of(struct search *x, const struct progress *p)
{
    uint64_t i = XXH3_64bits(p->done, sizeof p->done) % TABLE_SIZE;
    while (x->table[i] && memcmp(x->node[x->table[i] - 1].done, p->done, sizeof p->done))
        i = (i + 1) % TABLE_SIZE;
    return &x->table[i];
}

static void add_node(struct search *x, const struct progress *p, int32_t *slot)
{
    x->node[x->count++] = *p;
    *slot = x->count;
}

static bool finished(const struct search *x, const struct progress *p)
{
    for (unsigned a = 0; a < x->agents; a++)
        if (p->done[a] != x->needed[a])
            return false;
    return true;
}

/* Breadth first over runs; the node that has done everything, or NO_NODE. */
static int32_t search_runs(struct search *x)
{
    struct progress start = {.parent = NO_NODE, .agent = -1};
    add_node(x, &start, slot_of(x, &start));
    for (int32_t i = 0; i < x->count; i++) {
        if (finished(x, &x->node[i]))
            return i;
        for (unsigned a = 0; a < x->agents; a++) {
            struct progress p = x->node[i];
            if ((int32_t)a == p.agent || !may_happen(x, &p, a))
                continue;
            while (may_happen(x, &p, a))
                p.done[a]++;
            int32_t *slot = slot_of(x, &p);
            if (*slot)
                continue;
            if (x->count == MAX_NODES)
                return NO_NODE; /* too wide: the schedule stays as it was found */
            p.parent = i;
            p.agent = (int32_t)a;
            add_node(x, &p, slot);
        }
    }
    return NO_NODE;
}

static void step_and_record(struct machine *m, agent_id a, struct schedule *s)
{
    struct footprint fp;
    struct choice c = schedule_choice(m, a);
    agent_next(m, a, &fp);
    check_step(m, a, &fp);
    if (c.kind == AGENT_CORE)
        c = schedule_choice(m, a);
    schedule_add(s, c);
}

/* Runs the runs that lead to `node`. */
static void run_path(const struct search *x, struct machine *m, int32_t node, struct schedule *s)
{
    const struct progress *p = &x->node[node];
    if (p->parent == NO_NODE) {
        machine_restore(m);
        return;
    }
    run_path(x, m, p->parent, s); /* as deep as there are switches */
    for (unsigned n = x->node[p->parent].done[p->agent]; n < p->done[p->agent]; n++)
        if (agent_enabled(m, (agent_id)p->agent))
            step_and_record(m, (agent_id)p->agent, s);
}

static void try_order(struct search *x, struct machine *m, const struct finding *f,
                      struct schedule *s)
{
    struct schedule better = {0};
    int32_t last = search_runs(x);
    if (last == NO_NODE)
        return;
    run_path(x, m, last, &better);
    if (!machine_enabled(m))
        check_terminal(m);
    bool shorter = better.count < s->count || schedule_switches(&better) < schedule_switches(s);
    if (has_finding(m, f) && shorter && better.count <= s->count) {
        schedule_free(s);
        *s = better;
    } else {
        schedule_free(&better);
    }
}

void minimise(struct machine *m, const struct finding *f, struct schedule *s)
{
    if (!s->count)
        return;
    struct search *x = calloc(1, sizeof *x);
    assert(x);
    x->agents = m->agents;
    x->node = malloc(MAX_NODES * sizeof *x->node);
    x->table = calloc(TABLE_SIZE, sizeof *x->table); /* little of it is ever used */
    assert(x->node && x->table);
    if (learn(x, m, s, f))
        try_order(x, m, f, s);
    history_free(&x->history);
    free(x->node);
    free(x->table);
    free(x);
}
