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
 *
 * That rule is weaker than the first: it leaves v out because of an agent that is independent of v
 * but perhaps not of what follows, and relies on what the exploration from that agent adds to the
 * same tree. So it needs exact trees, and is used only where all races are about memory
 * (explore_is_about_memory). A node where a step of a tree turns out not to be enabled is strict: from
 * then on it goes by source sets, and so does whatever sleeps because of it.
 *
 * Both rules take f for the same step when it comes first. Where it may be another one
 * (later_is_certain again), the second half of v counts as well: f is independent of it, and so it
 * came after f by chance, but what f becomes may depend on it (reverse_uncertain).
 */
#include <string.h>

#include "sim/dpor.h"
#include "sim/grow.h"

/*
 * Is it known what the later step of a race touches when it comes first? Not if the earlier one is no
 * access to memory (an interrupt that arrives makes its core do something else), or if the later one is
 * conditional: invariants are evaluated in it, or regions may be left, depending on what it reads. Text
 * on the console makes nobody do anything.
 */
static bool is_certain(uint64_t resource)
{
    enum resource_kind kind = resource_kind(resource);
    return kind == RES_MEMORY || kind == RES_INVARIANT || kind == RES_CONSOLE;
}

static bool conflict_is_certain(const struct history *h, uint32_t e, uint32_t f)
{
    struct access a[FOOTPRINT_MAX];
    uint32_t count = history_accesses(h, f, a), end = history_records_end(h, e);
    for (uint32_t r = h->event[e].first_record; r < end; r++)
        for (uint32_t i = 0; i < count && h->record[r].event == e; i++)
            if (access_conflicts(&h->record[r].access, &a[i]) && !is_certain(a[i].resource))
                return false;
    return true;
}

static bool later_is_certain(const struct history *h, uint32_t e, uint32_t later)
{
    return !h->event[later].conditional && conflict_is_certain(h, e, later);
}

/*
 * First agents of u, the events after e that do not depend on e and the later event of the race
 * (NO_EVENT: without one): those whose first event in u depends on no other event of u. One of the
 * `enough` agents is all of the answer that the caller needs.
 */
static uint64_t initials(const struct history *h, uint32_t e, uint32_t later, uint64_t enough)
{
    uint32_t first[64]; /* number of each agent's first event in u */
    uint64_t in_u = 0, result = 0;
    for (uint32_t f = e + 1; f < h->count && !(result & enough); f++) {
        const struct event *ev = &h->event[f];
        const uint16_t *clock = history_clock(h, f);
        bool depends = false;
        if ((in_u >> ev->agent & 1) || (f != later && history_before(h, e, f)))
            continue;
        for (uint64_t left = in_u; left && !depends; left &= left - 1) {
            unsigned a = (unsigned)__builtin_ctzll(left);
            depends = clock[a] >= first[a];
        }
        in_u |= 1ull << ev->agent;
        first[ev->agent] = ev->number;
        if (!depends)
            result |= 1ull << ev->agent;
    }
    return result;
}

/* Agents whose next step from the node has been explored. */
static uint64_t explored_agents(const struct node *n)
{
    return (n->sleep | (n->done & ~(1ull << n->chosen))) & n->enabled;
}

static void leave_open(struct dpor *d, uint32_t e, uint64_t first, bool certain)
{
    GROW(d->race, d->race_capacity, d->race_count + 1);
    d->race[d->race_count++] = (struct open_race){e, d->history.count - 1, first, certain};
}

/* The agent to try at the node so that a reversal is covered, as a bit; 0 if the later step cannot
 * come first: it needs the earlier one to be enabled. */
static uint64_t begin_with(const struct dpor *d, const struct node *n, uint64_t first,
                           uint32_t later)
{
    unsigned agent = d->history.event[later].agent;
    first &= n->enabled;
    return first >> agent & 1 ? 1ull << agent : first & -first;
}

/* Whoever asked for some of these agents has asked for all of them. */
static bool requested(const struct dpor *d, uint32_t depth, uint64_t agents)
{
    for (uint32_t i = 0; i < d->request_count; i++)
        if (d->request[i].depth == depth && !(d->request[i].agents & ~agents))
            return true;
    return false;
}

static void ask_for(struct dpor *d, uint32_t e, uint32_t later, uint64_t candidates)
{
    candidates &= d->node[e].enabled;
    if (!candidates || requested(d, e, candidates))
        return;
    GROW(d->request, d->request_capacity, d->request_count + 1);
    d->request[d->request_count++] =
        (struct task_request){e, d->history.event[later].agent, candidates};
}

bool dpor_keep_uncertain(struct dpor *d, uint32_t e)
{
    if (later_is_certain(&d->history, e, d->history.count - 1))
        return false;
    assert(d->algorithm == ALGORITHM_SOURCE); /* explore_is_about_memory() */
    leave_open(d, e, 0, false);
    return true;
}

void dpor_reverse(struct dpor *d, uint32_t e)
{
    struct node *n = &d->node[e];
    uint32_t later = d->history.count - 1;
    if (dpor_keep_uncertain(d, e))
        return;
    bool optimal = d->algorithm == ALGORITHM_OPTIMAL, foreign = e < d->root;
    uint64_t covered = foreign ? n->sleep | n->done
                     : optimal ? explored_agents(n) : n->backtrack | n->sleep;
    uint64_t candidates = initials(&d->history, e, later, covered);
    if (candidates & covered)
        return;
    if (foreign)
        ask_for(d, e, later, candidates);
    else if (optimal)
        leave_open(d, e, candidates, true);
    else
        n->backtrack |= begin_with(d, n, candidates, later);
}

/* ---- At the end of an execution ---- */

/* The agent stood before the later step when the earlier one came, and could not make it: the
 * earlier one has let it, or something else that the later one depends on. */
static bool was_waiting(const struct dpor *d, const struct open_race *r)
{
    const struct event *later = &d->history.event[r->later];
    bool stood = later->previous == NO_EVENT || later->previous < r->earlier;
    return stood && !(d->node[r->earlier].enabled >> later->agent & 1);
}

/* v; empty if the earlier event alone lets the later one happen. */
static void collect_reversal(struct dpor *d, const struct open_race *r)
{
    const struct history *h = &d->history;
    bool needed = false; /* does the later event depend on another one of v? */
    sequence_clear(&d->sequence);
    sequence_miss(&d->sequence, h, r->earlier);
    for (uint32_t f = r->earlier + 1; f < h->count; f++) {
        if (f != r->later && history_before(h, r->earlier, f)) {
            sequence_miss(&d->sequence, h, f);
            continue;
        }
        sequence_add(&d->sequence, h, f);
        needed |= f < r->later && history_before(h, f, r->later);
    }
    if (was_waiting(d, r) && !needed)
        sequence_clear(&d->sequence);
}

/* Has v been explored from this node, by an agent that is asleep and could come before all of it? */
static bool is_explored(const struct dpor *d, const struct node *n)
{
    uint64_t left = explored_agents(n) & ~n->strict_sleep;
    for (const struct asleep *q = &d->asleep[n->asleep]; left; q++) {
        assert(q < d->asleep + n->asleep_end);
        if (!(left >> q->agent & 1))
            continue;
        left &= ~(1ull << q->agent);
        if (sequence_wakes(&d->sequence, &d->history, q->agent, &d->access[q->first], q->count) ==
            NO_EVENT)
            return true;
    }
    return false;
}

static uint64_t roots(const struct wakeup *tree)
{
    uint64_t mask = 0;
    for (; tree; tree = tree->next)
        mask |= 1ull << tree->agent;
    return mask;
}

/* By the rule of source sets. */
static void reverse_strictly(struct dpor *d, struct node *n, const struct open_race *r)
{
    uint64_t begin = begin_with(d, n, r->first, r->later);
    uint64_t covered = (n->sleep | n->done | roots(n->tree)) & n->enabled;
    if (begin && !(r->first & covered))
        wakeup_add_leaf(&n->tree, (unsigned)__builtin_ctzll(begin));
}

/* Does the later event depend on one that does not depend on the earlier one? */
static bool later_has_past(const struct history *h, const struct open_race *r)
{
    for (uint32_t f = r->earlier + 1; f < r->later; f++)
        if (!history_before(h, r->earlier, f) && history_before(h, f, r->later))
            return true;
    return false;
}

/*
 * What the later event is when it comes first is not known, and so neither is on which of the events
 * that do not depend on the earlier one it depends then. It may come before all of them or behind
 * any, so each agent that can come first of them is tried, not one for all. That they came before
 * or after it in this execution means nothing.
 */
static void reverse_uncertain(struct dpor *d, const struct open_race *r)
{
    struct node *n = &d->node[r->earlier];
    uint64_t begin = initials(&d->history, r->earlier, NO_EVENT, 0);
    if (!later_has_past(&d->history, r))
        begin |= 1ull << d->history.event[r->later].agent;
    for (begin &= n->enabled; begin; begin &= begin - 1) {
        uint64_t agent = begin & -begin;
        if (r->earlier < d->root)
            ask_for(d, r->earlier, r->later, agent);
        else
            n->backtrack |= agent;
    }
}

/* True if the race need not be looked at again as long as its events stay. */
static bool reverse_open(struct dpor *d, const struct open_race *r)
{
    struct node *n = &d->node[r->earlier];
    if (!r->certain) {
        reverse_uncertain(d, r);
        return false; /* with another end of the execution there are other events */
    }
    if (r->first & explored_agents(n))
        return true;
    if (n->strict) {
        reverse_strictly(d, n, r);
        return true;
    }
    collect_reversal(d, r);
    if (!d->sequence.count)
        return true;
    if (is_explored(d, n))
        return false; /* with another end of the execution v is another one */
    struct past needed = {{0}}; /* to wake the agent of e: others have been woken where they slept */
    past_add(&needed, &d->history, r->later);
    return wakeup_insert(&n->tree, &d->history, &d->sequence, &needed) <= r->later;
}

void dpor_reverse_open(struct dpor *d)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < d->race_count; i++) {
        struct open_race r = d->race[i];
        if (!reverse_open(d, &r))
            d->race[kept++] = r;
    }
    d->race_count = kept;
}
