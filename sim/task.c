/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/task.h"

#include <stdlib.h>

#include "sim/check.h"
#include "sim/dpor.h"

/* ---- Beginning ---- */

static void add_step(struct dpor *d, const struct task_step *s, uint64_t sleep)
{
    *dpor_add_node(d) = (struct node){
        .enabled = s->enabled, .sleep = sleep, .strict_sleep = sleep, .done = 1ull << s->agent,
        .backtrack = 1ull << s->agent, .chosen = s->agent};
}

/* Races on the path have been seen by whoever went there first. Of interest are those alone whose
 * reversal depends on what comes later. */
static void walk(struct dpor *d, struct machine *m, agent_id agent)
{
    struct footprint fp;
    struct race races[HISTORY_MAX_RACES];
    agent_next(m, agent, &fp);
    check_step(m, agent, &fp);
    if (dpor_finds_races(d)) {
        unsigned count = history_push(&d->history, agent, &fp, races);
        for (unsigned i = 0; i < count; i++)
            if (races[i].reversible)
                dpor_keep_uncertain(d, races[i].event);
    }
    d->last = (uint8_t)agent;
    d->depth++;
}

/* What the next steps of these agents touch is known to those who put them to sleep. Here it takes a
 * trial. */
static void try_asleep(struct dpor *d, struct machine *m, uint64_t asleep)
{
    struct checkpoint here;
    checkpoint_init(m, &here);
    checkpoint_take(m, &here);
    for (uint64_t left = asleep; left; left &= left - 1) {
        agent_id a = (agent_id)__builtin_ctzll(left);
        struct footprint fp;
        agent_next(m, a, &fp);
        check_step(m, a, &fp);
        dpor_note_asleep(d, a, &fp);
        checkpoint_restore(m, &here);
    }
    checkpoint_free(m, &here);
}

static bool fits(struct machine *m, const struct task_step *s)
{
    return machine_enabled(m) == s->enabled && (s->enabled >> s->agent & 1);
}

bool task_enter(struct dpor *d, struct machine *m, const struct task *t)
{
    assert(t->length);
    machine_restore(m);
    for (uint32_t i = 0; i + 1 < t->length; i++) {
        if (!fits(m, &t->step[i]))
            return false;
        add_step(d, &t->step[i], t->step[i].covered);
        walk(d, m, t->step[i].agent);
    }
    const struct task_step *last = &t->step[t->length - 1];
    add_step(d, last, t->sleep);
    d->root = t->length;
    if (!fits(m, last))
        return false;
    if (d->algorithm != ALGORITHM_DFS)
        try_asleep(d, m, t->sleep & last->enabled);
    return true;
}

/* ---- Leaving ---- */

/* The reversal of a race has been left to the end of further executions, which will not come here:
 * now the rule of source sets decides. */
static void settle(const struct dpor *d, const struct open_race *r, struct rest_node *n)
{
    uint64_t first = r->first & n->enabled;
    if (!first || r->first & (n->sleep | n->tried | n->pending))
        return;
    uint32_t later = d->history.event[r->later].agent;
    n->pending |= first >> later & 1 ? 1ull << later : first & -first;
}

void task_leave(const struct dpor *d, struct rest *rest)
{
    assert(d->count > d->root && d->depth == d->count - 1);
    rest->node_count = d->count - d->root;
    rest->node = calloc(rest->node_count, sizeof *rest->node);
    assert(rest->node);
    for (uint32_t i = 0; i < rest->node_count; i++) {
        const struct node *n = &d->node[d->root + i];
        uint8_t agent[64];
        unsigned count = dpor_pending(d, n, agent);
        struct rest_node *to = &rest->node[i];
        *to = (struct rest_node){n->enabled, n->sleep, n->done, 0, n->chosen};
        while (count)
            to->pending |= 1ull << agent[--count];
    }
    struct rest_node *last = &rest->node[rest->node_count - 1];
    last->tried &= ~(1ull << last->agent); /* chosen, but not begun */
    last->pending |= 1ull << last->agent;
    for (uint32_t i = 0; i < d->race_count; i++)
        if (d->race[i].earlier >= d->root)
            settle(d, &d->race[i], &rest->node[d->race[i].earlier - d->root]);
}

void task_take_requests(struct dpor *d, struct rest *rest)
{
    rest->request = d->request;
    rest->request_count = d->request_count;
    d->request = NULL;
}

void rest_free(struct rest *r)
{
    free(r->node);
    free(r->request);
    *r = (struct rest){0};
}

/* ---- Progress ---- */

double task_fraction(const struct dpor *d)
{
    double fraction = 0, weight = 1;
    uint8_t agent[64];
    for (uint32_t i = d->root; i < d->count; i++) {
        const struct node *n = &d->node[i];
        unsigned done = (unsigned)__builtin_popcountll(n->done) - 1;
        weight /= done + 1 + dpor_pending(d, n, agent);
        fraction += weight * done;
    }
    return fraction;
}
