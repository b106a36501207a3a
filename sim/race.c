/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races and their reversal. When event f races with an earlier event e, some schedule has them the
 * other way round. Let u be what came after e up to f without depending on e, then f: from the
 * state before e, that schedule begins like u, up to the order of independent steps. If an agent
 * that can come first in u has been tried there, or is asleep, the reversal is covered whatever comes
 * later.
 *
 * Otherwise `source` adds such an agent to those to be tried (source sets: Abdulla, Aronis,
 * Jonsson, Sagonas, POPL 2014, algorithm 1). `optimal` waits for the end of the execution: let v be
 * u with everything else after f that does not depend on e. If an agent asleep before e could come
 * first in v, or is independent of all of v, the reversal has been explored; otherwise v is added
 * to the wake-up tree of that state, to be followed step by step, so that the execution cannot
 * end up where everything is asleep (the same authors, JACM 2017, algorithm 2).
 */
#include <stdlib.h>

#include "sim/dpor.h"

/*
 * First agents of u = (events after e that do not depend on e) followed by the newest event: those
 * whose first event in u depends on no other event of u.
 */
static uint64_t initials(const struct history *h, uint32_t e)
{
    uint32_t newest = h->count - 1;
    uint32_t first[64]; /* number of each agent's first event in u; 0 if it has none */
    uint64_t in_u = 0, result = 0;
    for (uint32_t f = e + 1; f <= newest; f++) {
        const struct event *ev = &h->event[f];
        const uint16_t *clock = history_clock(h, f);
        if (f != newest && history_before(h, e, f))
            continue;
        bool depends = false;
        for (uint64_t left = in_u; left && !depends; left &= left - 1) {
            unsigned a = (unsigned)__builtin_ctzll(left);
            depends = clock[a] >= first[a];
        }
        if (!(in_u >> ev->agent & 1)) {
            in_u |= 1ull << ev->agent;
            first[ev->agent] = ev->number;
            if (!depends)
                result |= 1ull << ev->agent;
        }
    }
    return result;
}

/* Agents whose next step from the node has been explored. */
static uint64_t explored_agents(const struct node *n)
{
    return (n->sleep | (n->done & ~(1ull << n->chosen))) & n->enabled;
}

static void leave_open(struct dpor *d, uint32_t e, uint64_t first)
{
    if (d->race_count == d->race_capacity) {
        d->race_capacity = d->race_capacity ? 2 * d->race_capacity : 64;
        d->race = realloc(d->race, d->race_capacity * sizeof *d->race);
        assert(d->race);
    }
    d->race[d->race_count++] = (struct open_race){e, d->history.count - 1, first};
}

/* Whoever asked for some of these agents has asked for all of them. */
static bool requested(const struct dpor *d, uint32_t depth, uint64_t agents)
{
    for (uint32_t i = 0; i < d->request_count; i++)
        if (d->request[i].depth == depth && !(d->request[i].agents & ~agents))
            return true;
    return false;
}

static void ask_for(struct dpor *d, uint32_t e, uint64_t candidates)
{
    const struct node *n = &d->node[e];
    if (candidates & (n->sleep | n->done))
        return;
    candidates &= n->enabled;
    if (!candidates || requested(d, e, candidates))
        return;
    if (d->request_count == d->request_capacity) {
        d->request_capacity = d->request_capacity ? 2 * d->request_capacity : 64;
        d->request = realloc(d->request, d->request_capacity * sizeof *d->request);
        assert(d->request);
    }
    unsigned later = d->history.event[d->history.count - 1].agent;
    d->request[d->request_count++] = (struct task_request){e, later, candidates};
}

void dpor_reverse(struct dpor *d, uint32_t e)
{
    struct node *n = &d->node[e];
    uint64_t candidates = initials(&d->history, e);
    if (e < d->root) {
        ask_for(d, e, candidates);
        return;
    }
    if (d->algorithm == ALGORITHM_OPTIMAL) {
        if (!(candidates & explored_agents(n)))
            leave_open(d, e, candidates);
        return;
    }
    if (candidates & (n->backtrack | n->sleep))
        return;
    candidates &= n->enabled;
    if (!candidates)
        return; /* the later step cannot come first: it needs the earlier one to be enabled */
    unsigned newest = d->history.event[d->history.count - 1].agent;
    unsigned a = candidates >> newest & 1 ? newest : (unsigned)__builtin_ctzll(candidates);
    n->backtrack |= 1ull << a;
}

/* ---- At the end of an execution ---- */

/*
 * Agents do the same thing next, whatever others do, as long as only memory decides: its contents
 * change values, not what is accessed. An interrupt that arrives makes its core do something else.
 */
static bool later_is_uncertain(const struct history *h, const struct open_race *r)
{
    struct access a[FOOTPRINT_MAX], b[FOOTPRINT_MAX];
    uint32_t a_count = history_accesses(h, r->earlier, a);
    uint32_t b_count = history_accesses(h, r->later, b);
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t j = 0; j < b_count; j++)
            if (access_conflicts(&a[i], &b[j]) && resource_kind(a[i].resource) != RES_MEMORY)
                return true;
    return h->event[r->later].conditional;
}

/* The agent stood before the later step when the earlier one came, and could not make it: the
 * earlier one has let it, or something else that the later one depends on. */
static bool was_waiting(const struct dpor *d, const struct open_race *r)
{
    const struct event *later = &d->history.event[r->later];
    bool stood = later->previous == NO_EVENT || later->previous < r->earlier;
    return stood && !(d->node[r->earlier].enabled >> later->agent & 1);
}

/* v. An uncertain step comes last: what would follow it is not known either. */
static void collect_reversal(struct dpor *d, const struct open_race *r)
{
    const struct history *h = &d->history;
    struct sequence *v = &d->sequence;
    bool needed = false; /* does the later event depend on another one of v? */
    sequence_clear(v);
    if (later_is_uncertain(h, r))
        v->uncertain = r->later;
    for (uint32_t f = r->earlier + 1; f < h->count; f++) {
        if (f == r->later ? v->uncertain == f : history_before(h, r->earlier, f))
            continue;
        sequence_add(v, f);
        needed |= f < r->later && history_before(h, f, r->later);
    }
    if (v->uncertain == r->later)
        sequence_add(v, r->later);
    if (was_waiting(d, r) && !needed)
        v->count = 0; /* the earlier event alone lets the later one go */
}

/* Has the reversal been explored from this node, by an agent that is asleep now? */
static bool explored(const struct dpor *d, const struct node *n)
{
    const struct sequence *v = &d->sequence;
    uint64_t left = explored_agents(n);
    for (const struct asleep *q = &d->asleep[n->asleep]; left; q++) {
        assert(q < d->asleep + d->asleep_count);
        left &= ~(1ull << q->agent);
        if (n->inherited >> q->agent & 1)
            continue; /* only where it is in race.first: see the head of task.h */
        if (sequence_has(v, &d->history, q->agent)
                ? sequence_starts(v, &d->history, q->agent)
                : sequence_ignores(v, &d->history, &d->access[q->first], q->count))
            return true;
    }
    return false;
}

void dpor_reverse_open(struct dpor *d)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->race_count; i++) {
        struct open_race r = d->race[i];
        struct node *n = &d->node[r.earlier];
        if (r.first & explored_agents(n))
            continue;
        collect_reversal(d, &r);
        if (!d->sequence.count)
            continue;
        d->race[kept++] = r; /* with another end of the execution v is another one */
        if (!explored(d, n))
            wakeup_insert(&n->tree, &d->history, &d->sequence);
    }
    d->race_count = kept;
}
