/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas: Optimal dynamic partial order
 * reduction, POPL 2014, algorithm 1).
 *
 * When the newest event f races with an earlier event e, some schedule has them the other way
 * round. Let v be what came after e without depending on it, followed by f. Exploring any first
 * step of v from the state before e covers that schedule; if none of them is in that node's
 * backtrack set yet, one is added.
 */
#include "sim/dpor.h"

#include <stdlib.h>
#include <string.h>

void dpor_init(struct dpor *d, unsigned agents, enum algorithm algorithm)
{
    memset(d, 0, sizeof *d);
    d->algorithm = algorithm;
    history_init(&d->history, agents);
}

void dpor_free(struct dpor *d)
{
    history_free(&d->history);
    free(d->node);
    d->node = NULL;
}

static unsigned lowest(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

/* Going on with the same agent as long as possible gives schedules with few switches. */
static unsigned choose(const struct dpor *d, uint64_t candidates)
{
    if (d->depth && (candidates >> d->last & 1))
        return d->last;
    return lowest(candidates);
}

static struct node *add_node(struct dpor *d)
{
    if (d->count == d->capacity) {
        d->capacity = d->capacity ? 2 * d->capacity : 256;
        d->node = realloc(d->node, d->capacity * sizeof *d->node);
        assert(d->node);
    }
    return &d->node[d->count++];
}

bool dpor_new_node(struct dpor *d, uint64_t enabled)
{
    uint64_t awake = enabled & ~d->sleep;
    assert(d->depth == d->count);
    if (!awake)
        return false;
    unsigned a = choose(d, awake);
    struct node *n = add_node(d);
    n->enabled = enabled;
    n->sleep = d->sleep;
    n->chosen = (uint8_t)a;
    n->done = 1ull << a;
    n->backtrack = d->algorithm == ALGORITHM_SOURCE ? 1ull << a : enabled;
    return true;
}

/* Agents stay asleep behind a step that does not conflict with theirs. */
static uint64_t still_asleep(struct dpor *d, struct machine *m, const struct node *n,
                             const struct footprint *fp)
{
    uint64_t asleep = (n->sleep | n->done) & ~(1ull << n->chosen);
    uint64_t stay = 0;
    if (d->algorithm == ALGORITHM_DFS)
        return 0;
    for (uint64_t left = asleep & n->enabled; left; left &= left - 1) {
        struct footprint other;
        unsigned q = lowest(left);
        agent_next(m, q, &other);
        if (!footprint_conflicts(&other, fp))
            stay |= 1ull << q;
    }
    return stay;
}

/*
 * First agents of v = (events after e that do not depend on e) followed by the newest event: those
 * whose first event in v depends on no other event of v.
 */
static uint64_t initials(const struct history *h, uint32_t e)
{
    uint32_t newest = h->count - 1;
    uint32_t first[64]; /* number of each agent's first event in v; 0 if it has none */
    uint64_t in_v = 0, result = 0;
    for (uint32_t f = e + 1; f <= newest; f++) {
        const struct event *ev = &h->event[f];
        const uint16_t *clock = history_clock(h, f);
        if (f != newest && history_before(h, e, f))
            continue;
        bool depends = false;
        for (uint64_t left = in_v; left && !depends; left &= left - 1) {
            unsigned a = lowest(left);
            depends = clock[a] >= first[a];
        }
        if (!(in_v >> ev->agent & 1)) {
            in_v |= 1ull << ev->agent;
            first[ev->agent] = ev->number;
            if (!depends)
                result |= 1ull << ev->agent;
        }
    }
    return result;
}

static void reverse_race(struct dpor *d, uint32_t e)
{
    struct node *n = &d->node[e];
    uint64_t candidates = initials(&d->history, e);
    if (candidates & n->backtrack)
        return;
    candidates &= n->enabled;
    if (!candidates)
        return; /* the later step cannot come first: it needs the earlier one to be enabled */
    unsigned newest = d->history.event[d->history.count - 1].agent;
    unsigned a = candidates >> newest & 1 ? newest : lowest(candidates);
    n->backtrack |= 1ull << a;
}

void dpor_advance(struct dpor *d, struct machine *m, const struct footprint *fp)
{
    struct node *n = &d->node[d->depth];
    d->sleep = still_asleep(d, m, n, fp);
    d->last = n->chosen;
    if (d->algorithm == ALGORITHM_SOURCE) {
        struct race races[HISTORY_MAX_RACES];
        unsigned count = history_push(&d->history, n->chosen, fp, races);
        for (unsigned i = 0; i < count; i++)
            if (races[i].reversible)
                reverse_race(d, races[i].event);
    }
    d->depth++;
}

bool dpor_backtrack(struct dpor *d)
{
    while (d->count) {
        struct node *n = &d->node[d->count - 1];
        uint64_t left = n->backtrack & n->enabled & ~n->done & ~n->sleep;
        if (left) {
            d->depth = d->count - 1;
            n->chosen = (uint8_t)lowest(left);
            n->done |= 1ull << n->chosen;
            if (d->algorithm == ALGORITHM_SOURCE)
                history_truncate(&d->history, d->depth);
            d->last = d->depth ? d->node[d->depth - 1].chosen : n->chosen;
            return true;
        }
        d->count--;
    }
    return false;
}
