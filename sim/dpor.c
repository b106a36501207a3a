/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of choices: which agent steps, who sleeps (Godefroid's sleep sets), what is left to be
 * tried. What has to be tried because of a race is found in race.c.
 */
#include "sim/dpor.h"

#include <stdlib.h>
#include <string.h>

#include "sim/grow.h"

void dpor_init(struct dpor *d, unsigned agents, enum algorithm algorithm)
{
    memset(d, 0, sizeof *d);
    d->algorithm = algorithm;
    history_init(&d->history, agents);
}

void dpor_free(struct dpor *d)
{
    while (d->count)
        wakeup_free(d->node[--d->count].tree);
    wakeup_free(d->guide);
    history_free(&d->history);
    sequence_free(&d->sequence);
    free(d->node);
    free(d->asleep);
    free(d->access);
    free(d->race);
    free(d->request);
    memset(d, 0, sizeof *d);
}

bool dpor_finds_races(const struct dpor *d)
{
    return d->algorithm == ALGORITHM_OPTIMAL || d->algorithm == ALGORITHM_SOURCE;
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

struct node *dpor_add_node(struct dpor *d)
{
    GROW(d->node, d->capacity, d->count + 1);
    return &d->node[d->count++];
}

/* The schedule that is being followed says who steps next, and what else is to be tried here. Its
 * agent is not enabled if the race that it reverses cannot be reversed; then the execution goes on
 * freely, for other reversals were left out of the tree because this schedule was to cover them. */
static void choose_guided(struct dpor *d, struct node *n, uint64_t awake)
{
    n->tree = d->guide;
    d->guide = NULL;
    n->chosen = (uint8_t)wakeup_take(&n->tree, &d->guide);
    if (awake >> n->chosen & 1)
        return;
    wakeup_free(d->guide);
    d->guide = NULL;
    n->chosen = (uint8_t)choose(d, awake);
    n->strict = true; /* what is left in the tree was to be tried after another agent */
}

bool dpor_new_node(struct dpor *d, uint64_t enabled)
{
    uint64_t awake = enabled & ~d->sleep;
    assert(d->depth == d->count);
    if (!awake)
        return false;
    struct node *n = dpor_add_node(d);
    *n = (struct node){.enabled = enabled, .sleep = d->sleep,
                       .strict_sleep = d->strict_sleep, .asleep = d->sleepers};
    if (!d->guide)
        n->chosen = (uint8_t)choose(d, awake);
    else
        choose_guided(d, n, awake);
    n->done = 1ull << n->chosen;
    n->backtrack = d->algorithm == ALGORITHM_SOURCE ? n->done : enabled;
    return true;
}

static struct access *reserve_accesses(struct dpor *d, uint32_t count)
{
    GROW(d->access, d->access_capacity, d->access_count + count);
    return &d->access[d->access_count];
}

static void add_asleep(struct dpor *d, struct asleep q)
{
    GROW(d->asleep, d->asleep_capacity, d->asleep_count + 1);
    d->asleep[d->asleep_count++] = q;
}

void dpor_note_asleep(struct dpor *d, unsigned agent, const struct footprint *fp)
{
    struct access *to = reserve_accesses(d, fp->count);
    if (fp->count)
        memcpy(to, fp->access, fp->count * sizeof *to);
    add_asleep(d, (struct asleep){agent, fp->count, d->access_count});
    d->access_count += fp->count;
}

/* Those of the nodes behind this one, and of the state at its end. */
static void forget_asleep(struct dpor *d, const struct node *n)
{
    const struct asleep *last = &d->asleep[n->asleep_end - 1]; /* the step that was chosen last */
    d->asleep_count = n->asleep_end;
    d->access_count = last->first + last->count;
}

/* A store that is drained turns the loads that saw it in the buffer into reads. */
static struct asleep drained(struct dpor *d, struct asleep q, const struct footprint *fp)
{
    struct access *to = reserve_accesses(d, q.count);
    const struct access *from = &d->access[q.first];
    bool changed = false;
    for (uint32_t i = 0; i < q.count; i++) {
        to[i] = from[i];
        changed |= accesses_drain(fp->access, fp->count, &to[i]);
    }
    if (!changed)
        return q;
    q.first = d->access_count;
    d->access_count += q.count;
    return q;
}

static bool wakes(const struct dpor *d, const struct footprint *fp, const struct asleep *q)
{
    return accesses_conflict(fp->access, fp->count, &d->access[q->first], q->count);
}

/* Agents stay asleep behind a step that does not conflict with theirs. */
static uint64_t still_asleep(struct dpor *d, struct node *n, const struct footprint *fp)
{
    uint64_t stay = 0;
    uint32_t end = d->asleep_count;
    if (d->algorithm == ALGORITHM_DFS)
        return 0;
    dpor_note_asleep(d, n->chosen, fp);
    n->asleep_end = d->sleepers = d->asleep_count;
    for (uint32_t i = n->asleep; i < end; i++) {
        struct asleep q = d->asleep[i];
        if (!(n->enabled >> q.agent & 1) || wakes(d, fp, &q))
            continue;
        add_asleep(d, drained(d, q, fp));
        stay |= 1ull << q.agent;
    }
    return stay;
}

void dpor_advance(struct dpor *d, const struct footprint *fp)
{
    struct node *n = &d->node[d->depth];
    d->sleep = still_asleep(d, n, fp);
    d->strict_sleep = (n->strict_sleep | (n->strict ? n->sleep | n->done : 0)) & d->sleep;
    d->last = n->chosen;
    if (dpor_finds_races(d)) {
        struct race races[HISTORY_MAX_RACES];
        unsigned count = history_push(&d->history, n->chosen, fp, races);
        for (unsigned i = 0; i < count; i++)
            if (races[i].reversible)
                dpor_reverse(d, races[i].event);
    }
    d->depth++;
}

static void forget_races(struct dpor *d, uint32_t events)
{
    while (d->race_count && d->race[d->race_count - 1].later >= events)
        d->race_count--;
}

/* Takes what is to be tried next at the node; false if nothing is left. As in choose_guided(), an
 * agent that is not enabled belongs to a race that cannot be reversed. */
static bool take_next(struct dpor *d, struct node *n)
{
    if (d->algorithm == ALGORITHM_OPTIMAL) {
        while (n->tree) {
            n->chosen = (uint8_t)wakeup_take(&n->tree, &d->guide);
            if ((n->enabled & ~(n->sleep | n->done)) >> n->chosen & 1)
                return true; /* others can come first in no schedule from here */
        }
        return false;
    }
    uint64_t left = n->backtrack & n->enabled & ~n->done & ~n->sleep;
    if (left)
        n->chosen = (uint8_t)lowest(left);
    return left;
}

unsigned dpor_pending(const struct dpor *d, const struct node *n, uint8_t agent[64])
{
    uint64_t known = n->sleep | n->done;
    unsigned count = 0;
    if (d->algorithm == ALGORITHM_OPTIMAL) {
        for (const struct wakeup *w = n->tree; w; w = w->next) {
            if ((n->enabled & ~known) >> w->agent & 1)
                agent[count++] = w->agent;
            known |= 1ull << w->agent;
        }
        return count;
    }
    for (uint64_t left = n->backtrack & n->enabled & ~known; left; left &= left - 1)
        agent[count++] = (uint8_t)lowest(left);
    return count;
}

bool dpor_backtrack(struct dpor *d)
{
    wakeup_free(d->guide);
    d->guide = NULL;
    while (d->count > d->root) {
        struct node *n = &d->node[d->count - 1];
        if (take_next(d, n)) {
            d->depth = d->count - 1;
            n->done |= 1ull << n->chosen;
            if (dpor_finds_races(d)) {
                history_truncate(&d->history, d->depth);
                forget_races(d, d->depth);
            }
            if (d->algorithm != ALGORITHM_DFS)
                forget_asleep(d, n);
            d->last = d->depth ? d->node[d->depth - 1].chosen : n->chosen;
            return true;
        }
        d->count--;
    }
    return false;
}
