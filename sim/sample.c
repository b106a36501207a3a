/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Executions drawn at random, for programs that are too large to be explored. A sample finds
 * violations, and those are real; that it finds none proves nothing, hence BOUND_SAMPLED.
 *
 * `pct` is the scheduler of Burckhardt, Kothari, Musuvathi, Nagarakatte (ASPLOS 2010). Each agent gets
 * a random priority, and of those enabled the highest steps. Before d - 1 steps, drawn from the k
 * of an execution, the agent about to step falls below all others. A violation of depth d is one
 * that d constraints "this step before that one" are enough to bring about; an execution shows it
 * with a probability of at least 1/(n * k^(d-1)).
 *
 * The theorem asks of a thread only that its steps have an order, and that it may wait. So all agents
 * are threads to it, each with a priority of its own: cores, store buffers, devices, and message
 * slots, of which one holds one message at a time. n counts those that were ever enabled: the order
 * among the others means nothing. k is what the longest execution so far has taken; one that takes
 * more shows that those before were drawn from too few, so that they do not count for the guarantee.
 *
 * Executions are drawn in batches, all of a batch from the same k, and those that begin alike are run
 * together: as long as they choose the same agent they are one run, and where they part the machine
 * stands at a checkpoint for the others. That changes what a sample costs and not what it draws. k
 * is known better with each batch, so the first are small. What is drawn from a k that is a little too
 * large is guaranteed with that k, and a longer execution need not void it.
 *
 * `random` lets any of the enabled agents step, each with the same probability. Nothing is known
 * about what it finds: of two orders of steps one may be less likely than the other by any factor.
 */
#include "sim/sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/draw.h"
#include "sim/explorer.h"
#include "sim/grow.h"

enum {
    BATCH_GROWS = 16,
    BATCH_MAX = 262144, /* executions; more begin alike the more there are */
    BATCH_MAX_TIMED = 4096, /* one that the clock cuts off counts for no guarantee */
    SLACK = 16,
    PART_MIN = 512,
    PARTS_MAX = 16, /* of a batch, whatever the number of processes: results do not depend on it */
};

/* Executions that have chosen the same agents until now, and are to make a step of `agent`. */
struct group {
    uint32_t begin, end; /* in sample.member */
    uint32_t depth;
    uint8_t agent;
    bool last; /* nobody else goes on from this checkpoint */
};

struct sample {
    struct explorer *x;
    uint32_t known; /* findings on the way to the first visible step */
    uint64_t seen; /* agents that were ever enabled */
    uint32_t longest;
    struct draw *draw;
    uint32_t *member; /* numbers of draws; a group is a range of them */
    uint8_t *choice;  /* of each of these */
    struct group *waiting; /* a stack: each begins at the newest checkpoint */
    uint32_t waiting_count, waiting_capacity;
};

/* ---- Groups ---- */

static void wait(struct sample *s, struct group g)
{
    GROW(s->waiting, s->waiting_capacity, s->waiting_count + 1);
    s->waiting[s->waiting_count++] = g;
}

static bool choose(struct sample *s, const struct group *g, uint64_t enabled)
{
    bool same = true;
    for (uint32_t i = g->begin; i < g->end; i++) {
        s->choice[i] = (uint8_t)draw_choose(&s->draw[s->member[i]], s->x->options, enabled, g->depth);
        same &= s->choice[i] == s->choice[g->begin];
    }
    return same;
}

/* Moves those that choose `agent` to the front of the range; returns where the others begin. */
static uint32_t gather(struct sample *s, uint32_t begin, uint32_t end, uint8_t agent)
{
    for (uint32_t i = begin; i < end; i++) {
        if (s->choice[i] != agent)
            continue;
        uint32_t member = s->member[i];
        s->member[i] = s->member[begin];
        s->choice[i] = s->choice[begin];
        s->member[begin] = member;
        s->choice[begin++] = agent;
    }
    return begin;
}

/* The group keeps those that choose like its first; the others wait. */
static void part(struct sample *s, struct group *g)
{
    uint32_t begin = gather(s, g->begin, g->end, s->choice[g->begin]);
    uint32_t end = g->end;
    bool last = true;
    g->end = begin;
    explorer_take_checkpoint(s->x, g->depth);
    while (begin < end) {
        uint32_t next = gather(s, begin, end, s->choice[begin]);
        wait(s, (struct group){begin, next, g->depth, s->choice[begin], last});
        begin = next;
        last = false;
    }
}

static void step(struct sample *s, struct group *g)
{
    struct explorer *x = s->x;
    struct footprint fp;
    x->path[g->depth] = g->agent;
    agent_next(x->m, g->agent, &fp);
    explorer_step(x, g->agent, &fp, g->depth++);
}

/* To the end of what is left of the group. */
static enum outcome run(struct sample *s, struct group *g)
{
    for (;;) {
        uint64_t enabled = machine_enabled(s->x->m);
        enum outcome end = explorer_end(s->x, enabled, g->depth);
        if (end != OUTCOME_NONE)
            return end;
        s->seen |= enabled;
        if (!choose(s, g, enabled))
            part(s, g);
        g->agent = s->choice[g->begin];
        step(s, g);
    }
}

static struct group go_back(struct sample *s)
{
    struct group g = s->waiting[--s->waiting_count];
    explorer_go_back(s->x);
    s->x->checkpoints -= g.last;
    step(s, &g);
    return g;
}

static void count(struct sample *s, const struct group *g, enum outcome outcome)
{
    struct explorer *x = s->x;
    x->known_findings = explore_executions(x->result) ? s->known : 0;
    if (g->depth > s->longest)
        s->longest = g->depth;
    explorer_count(x, outcome, g->end - g->begin);
}

static bool run_members(struct sample *s, uint32_t members)
{
    struct explorer *x = s->x;
    struct group g = {.end = members};
    machine_restore(x->m);
    s->known = x->m->state->finding_count;
    for (;;) {
        enum outcome outcome = run(s, &g);
        if (explorer_saw_more(x))
            return false;
        count(s, &g, outcome);
        if (explorer_is_done(x) || !s->waiting_count)
            return true;
        g = go_back(s);
    }
}

/* ---- Parts of a batch ---- */

struct place {
    uint64_t order;
    uint32_t number;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Draws the batch and keeps the part: draws that begin alike are in one part. Returns how many. */
static uint32_t draw_part(struct sample *s, const struct sample_part *p)
{
    const struct explorer *x = s->x;
    struct place *place = malloc(p->count * sizeof *place);
    assert(place);
    for (uint32_t i = 0; i < p->count; i++) {
        struct draw d;
        draw_make(&d, x->options, x->m, p->first + i, p->steps);
        place[i] = (struct place){d.order, i};
    }
    qsort(place, p->count, sizeof *place, compare_places);
    uint32_t begin = (uint32_t)((uint64_t)p->count * p->part / p->parts);
    uint32_t end = (uint32_t)((uint64_t)p->count * (p->part + 1) / p->parts);
    uint32_t members = end - begin;
    s->draw = malloc(members * sizeof *s->draw);
    s->member = malloc(members * sizeof *s->member);
    s->choice = malloc(members);
    assert(s->draw && s->member && s->choice);
    for (uint32_t i = 0; i < members; i++) {
        draw_make(&s->draw[i], x->options, x->m, p->first + place[begin + i].number, p->steps);
        s->member[i] = i;
    }
    free(place);
    return members;
}

bool sample_run_part(struct explorer *x, const struct sample_part *p, struct sample_measure *measure)
{
    struct sample s = {.x = x};
    bool stable = run_members(&s, draw_part(&s, p));
    measure->seen |= s.seen;
    if (s.longest > measure->steps)
        measure->steps = s.longest;
    x->checkpoints = 0;
    free(s.draw);
    free(s.member);
    free(s.choice);
    free(s.waiting);
    return stable;
}

/* ---- Batches ---- */

struct sample_part sample_next_batch(const struct explore_options *o, const struct explore_result *r,
                                     const struct sample_part *before)
{
    uint64_t done = explore_executions(r), count = before->count ? before->count * BATCH_GROWS : 1;
    uint32_t max = o->max_seconds > 0 ? BATCH_MAX_TIMED : BATCH_MAX;
    count = count < max ? count : max;
    if (o->max_executions && o->max_executions - done < count)
        count = o->max_executions - done;
    uint32_t parts = (uint32_t)(count / PART_MIN);
    parts = parts > PARTS_MAX ? PARTS_MAX : parts ? parts : 1;
    return (struct sample_part){.first = before->first + before->count, .count = (uint32_t)count,
                                .steps = r->sample.drawn, .parts = parts};
}

/* What the executions of a batch have shown: longer ones show that they were all drawn from too few
 * steps. */
void sample_take_batch(struct explore_result *r, const struct sample_part *batch,
                       const struct sample_measure *now)
{
    struct sample_measure *m = &r->sample;
    m->seen |= now->seen;
    m->executions += batch->count;
    if (now->steps > m->steps)
        m->steps = now->steps;
    if (m->steps > m->drawn) {
        m->drawn = m->steps + m->steps / SLACK;
        m->executions = 0;
    }
}

static bool run_batch(struct explorer *x, struct sample_part *batch)
{
    struct sample_measure now = {0};
    for (batch->part = 0; batch->part < batch->parts; batch->part++) {
        if (!sample_run_part(x, batch, &now))
            return false;
        if (x->result->bounds & CUTTING_BOUNDS & ~(uint32_t)BOUND_EXECUTIONS)
            break;
    }
    if (batch->part == batch->parts)
        sample_take_batch(x->result, batch, &now);
    return true;
}

bool sample_all(struct explorer *x)
{
    struct explore_result *r = x->result;
    const struct sample_part *asked = &x->task->part;
    struct sample_part batch = {0};
    if (!explorer_begin(x))
        return false;
    if (asked->count)
        return sample_run_part(x, asked, &r->sample);
    do {
        batch = sample_next_batch(x->options, r, &batch);
        if (!run_batch(x, &batch))
            return false;
    } while (!explorer_is_done(x));
    sample_conclude(r);
    return true;
}

void sample_conclude(struct explore_result *r)
{
    r->bounds = (r->bounds & ~(uint32_t)BOUND_EXECUTIONS) | BOUND_SAMPLED; /* all that were asked for */
}

/* ---- The guarantee ---- */

double sample_probability(const struct explore_options *o, const struct explore_result *r)
{
    const struct sample_measure *m = &r->sample;
    if (o->algorithm != ALGORITHM_PCT || !m->seen || !m->executions)
        return 0;
    double probability = 1.0 / sample_agents(m);
    for (unsigned i = 1; i < o->pct_depth; i++)
        probability /= m->drawn;
    return probability;
}

void sample_guarantee(const struct explore_options *o, const struct explore_result *r, char *text,
                      size_t size)
{
    const struct sample_measure *m = &r->sample;
    double probability = sample_probability(o, r);
    if (o->algorithm != ALGORITHM_PCT)
        snprintf(text, size, "none: a random walk may miss any violation, however many executions");
    else if (!(probability > 0))
        snprintf(text, size, "none: the executions drawn last were longer than those before");
    else
        snprintf(text, size,
                 "if there is a violation of depth %u within %u steps, each of the last %llu "
                 "executions shows it with a probability of at least 1/(%u * %u^%u) = %.2g",
                 o->pct_depth, m->drawn, (unsigned long long)m->executions, sample_agents(m), m->drawn,
                 o->pct_depth - 1, probability);
}
