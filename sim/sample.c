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
 * `random` lets any of the enabled agents step, each with the same probability. Nothing is known
 * about what it finds: of two orders of steps one may be less likely than the other by any factor.
 */
#include "sim/sample.h"

#include <stdio.h>

#include "sim/random.h"

struct sample {
    struct explorer *x;
    uint64_t random;
    uint64_t seen; /* agents that were ever enabled */
    uint32_t priority[MACHINE_MAX_AGENTS];
    uint32_t change[PCT_DEPTH_MAX]; /* before step change[i], counted from 1, whoever would make it
                                       falls to priority i; 0: done */
};

/* ---- Choosing ---- */

static unsigned changes(const struct sample *s)
{
    return s->x->options->pct_depth - 1;
}

/* Priorities above all those that agents fall to, no two of them the same. */
static void draw_priorities(struct sample *s)
{
    for (unsigned a = 0; a < s->x->m->agents; a++) {
        unsigned other = random_below(&s->random, a + 1);
        s->priority[a] = s->priority[other];
        s->priority[other] = changes(s) + a;
    }
}

static void draw_changes(struct sample *s)
{
    uint32_t steps = s->x->result->sample.steps;
    for (unsigned i = 0; i < changes(s); i++)
        s->change[i] = steps ? 1 + random_below(&s->random, steps) : 0;
}

static agent_id highest(const struct sample *s, uint64_t enabled)
{
    agent_id best = (agent_id)__builtin_ctzll(enabled);
    for (uint64_t left = enabled; left; left &= left - 1) {
        agent_id a = (agent_id)__builtin_ctzll(left);
        if (s->priority[a] > s->priority[best])
            best = a;
    }
    return best;
}

static agent_id choose_by_priority(struct sample *s, uint64_t enabled, uint32_t depth)
{
    for (unsigned i = 0; i < changes(s); i++) {
        if (s->change[i] != depth + 1)
            continue;
        s->priority[highest(s, enabled)] = i;
        s->change[i] = 0;
    }
    return highest(s, enabled);
}

static agent_id choose_any(struct sample *s, uint64_t enabled)
{
    unsigned count = (unsigned)__builtin_popcountll(enabled);
    for (unsigned skip = random_below(&s->random, count); skip; skip--)
        enabled &= enabled - 1;
    return (agent_id)__builtin_ctzll(enabled);
}

/* ---- Executions ---- */

static void draw(struct sample *s)
{
    if (s->x->options->algorithm != ALGORITHM_PCT)
        return;
    draw_priorities(s);
    draw_changes(s);
}

/* Counts the execution's steps in *depth. */
static enum outcome run(struct sample *s, uint32_t *depth)
{
    struct explorer *x = s->x;
    for (*depth = 0;; ++*depth) {
        struct footprint fp;
        uint64_t enabled = machine_enabled(x->m);
        enum outcome end = explorer_end(x, enabled, *depth);
        if (end != OUTCOME_NONE)
            return end;
        s->seen |= enabled;
        agent_id a = x->options->algorithm == ALGORITHM_PCT ? choose_by_priority(s, enabled, *depth)
                                                            : choose_any(s, enabled);
        x->path[*depth] = (uint8_t)a;
        agent_next(x->m, a, &fp);
        explorer_step(x, a, &fp, *depth);
    }
}

static void measure(struct sample *s, uint32_t depth)
{
    struct sample_measure *m = &s->x->result->sample;
    m->agents = (unsigned)__builtin_popcountll(s->seen);
    m->executions++;
    if (depth > m->steps)
        *m = (struct sample_measure){.agents = m->agents, .steps = depth};
}

bool sample_all(struct explorer *x)
{
    struct sample s = {.x = x, .random = x->options->seed};
    struct explore_result *r = x->result;
    if (!explorer_begin(x))
        return false;
    do {
        uint32_t depth;
        machine_restore(x->m);
        explorer_note_known(x);
        draw(&s);
        enum outcome outcome = run(&s, &depth);
        if (explorer_saw_more(x))
            return false;
        measure(&s, depth);
        explorer_count(x, outcome);
    } while (!explorer_is_done(x));
    r->bounds = (r->bounds & ~(uint32_t)BOUND_EXECUTIONS) | BOUND_SAMPLED; /* all that were asked for */
    return true;
}

/* ---- The guarantee ---- */

double sample_probability(const struct explore_options *o, const struct explore_result *r)
{
    const struct sample_measure *m = &r->sample;
    if (o->algorithm != ALGORITHM_PCT || !m->agents || !m->executions)
        return 0;
    double probability = 1.0 / m->agents;
    for (unsigned i = 1; i < o->pct_depth; i++)
        probability /= m->steps;
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
        snprintf(text, size, "none: each execution was longer than those before");
    else
        snprintf(text, size,
                 "if there is a violation of depth %u within %u steps, each of the last %llu "
                 "executions shows it with a probability of at least 1/(%u * %u^%u) = %.2g",
                 o->pct_depth, m->steps, (unsigned long long)m->executions, m->agents, m->steps,
                 o->pct_depth - 1, probability);
}
