/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer's driver: runs one execution after the other, each from the start snapshot along
 * the prefix that it shares with the last one, then on by choices of its own. Which choices have
 * to be tried is decided in dpor.c; options are in explore_options.c, results in explore_result.c.
 */
#include "sim/explorer.h"

#include <stdlib.h>

#include "sim/check.h"
#include "sim/grow.h"
#include "sim/sample.h"
#include "sim/seconds.h"

enum {
    CHECKPOINT_EVERY = 8, /* steps; 4 to 16 differ by less than the noise, 32 is slower */
};

void explorer_note_known(struct explorer *x)
{
    /* What a core found on its way to its first visible step belongs to the first execution. */
    x->known_findings = explore_executions(x->result) ? x->m->state->finding_count
                                                      : x->known_at_root;
}

/* The core that stepped last is always allowed: the node need not say whether it is enabled. */
static void note_preemptions(struct explorer *x, const struct node *n)
{
    preemptions_note(&x->preemptions, x->m, n->chosen, n->enabled);
}

/* Goes to the node where the next execution leaves the last one: to the nearest checkpoint before
 * it, and from there by running. */
static void replay_prefix(struct explorer *x)
{
    uint32_t depth = 0;
    while (x->checkpoints && x->checkpoint[x->checkpoints - 1].depth > x->dpor.depth)
        x->checkpoints--;
    if (x->checkpoints) {
        const struct path_checkpoint *k = &x->checkpoint[x->checkpoints - 1];
        checkpoint_restore(x->m, &k->state);
        depth = k->depth;
    } else {
        machine_restore(x->m);
    }
    x->result->steps += x->dpor.depth - depth;
    for (; depth < x->dpor.depth; depth++)
        agent_step(x->m, x->dpor.node[depth].chosen);
    explorer_note_known(x);
    x->preemptions = (struct preemptions){0};
    for (depth = 0; x->options->bound_preemptions && depth < x->dpor.depth; depth++)
        note_preemptions(x, &x->dpor.node[depth]);
}

void explorer_take_checkpoint(struct explorer *x, uint32_t depth)
{
    if (x->checkpoints == x->checkpoint_capacity) {
        x->checkpoint = resized(x->checkpoint, x->checkpoint_capacity + 1,
                                sizeof *x->checkpoint);
        checkpoint_init(x->m, &x->checkpoint[x->checkpoint_capacity++].state);
    }
    struct path_checkpoint *k = &x->checkpoint[x->checkpoints++];
    k->depth = depth;
    checkpoint_take(x->m, &k->state);
}

void explorer_go_back(struct explorer *x)
{
    assert(x->checkpoints);
    checkpoint_restore(x->m, &x->checkpoint[x->checkpoints - 1].state);
}

static void take_checkpoint_now_and_then(struct explorer *x)
{
    uint32_t last = x->checkpoints ? x->checkpoint[x->checkpoints - 1].depth : 0;
    if (x->dpor.depth >= last + CHECKPOINT_EVERY)
        explorer_take_checkpoint(x, x->dpor.depth);
}

static void note_depths(struct explorer *x, uint32_t before, uint32_t depth)
{
    for (uint32_t i = before; i < x->m->state->finding_count; i++)
        x->found_depth[i] = depth;
}

enum outcome explorer_end(struct explorer *x, uint64_t enabled, uint32_t depth)
{
    struct machine *m = x->m;
    uint32_t findings = m->state->finding_count;
    if (!enabled && check_released(m))
        return OUTCOME_WAITING;
    if (!enabled) {
        check_terminal(m);
        note_depths(x, findings, depth);
        return OUTCOME_COMPLETE;
    }
    if (depth < x->max_steps)
        return OUTCOME_NONE;
    m->state->bounds |= BOUND_STEPS;
    return OUTCOME_BOUND;
}

void explorer_step(struct explorer *x, agent_id a, struct footprint *fp, uint32_t depth)
{
    uint32_t findings = x->m->state->finding_count;
    check_step(x->m, a, fp);
    x->result->steps++;
    note_depths(x, findings, depth + 1);
}

/* The agents that may step without a preemption too many. */
static uint64_t allowed(struct explorer *x, uint64_t enabled)
{
    if (!x->options->bound_preemptions)
        return enabled;
    uint64_t few = preemptions_allow(&x->preemptions, x->m, enabled, x->options->max_preemptions);
    if (few != enabled)
        x->m->state->bounds |= BOUND_PREEMPTIONS;
    return few;
}

static enum outcome extend(struct explorer *x)
{
    struct machine *m = x->m;
    struct dpor *d = &x->dpor;
    for (;;) {
        struct footprint fp;
        if (d->depth == d->count) {
            uint64_t enabled = machine_enabled(m);
            enum outcome end = explorer_end(x, enabled, d->depth);
            if (end != OUTCOME_NONE)
                return end;
            if (!dpor_new_node(d, allowed(x, enabled)))
                return OUTCOME_BLOCKED;
            take_checkpoint_now_and_then(x);
        }
        agent_id a = d->node[d->depth].chosen;
        if (x->options->bound_preemptions)
            note_preemptions(x, &d->node[d->depth]);
        agent_next(m, a, &fp);
        explorer_step(x, a, &fp, d->depth);
        dpor_advance(d, &fp);
    }
}

bool explorer_saw_more(const struct explorer *x)
{
    return x->m->visibility.found || x->m->observed_more;
}

bool explorer_begin(struct explorer *x)
{
    explorer_seed_results(x);
    x->m->observed_more = false;
    x->m->core_ops->begin(x->m->cpu);
    x->checkpoints = 0;
    x->look = 0;
    x->known_at_root = 0;
    memset(x->found_depth, 0, sizeof x->found_depth);
    x->m->knobs.consulted = 0;
    return !explorer_saw_more(x);
}

static bool enter_task(struct explorer *x)
{
    enum algorithm algorithm = x->options->algorithm;
    if (algorithm == ALGORITHM_OPTIMAL && !explore_is_about_memory(x->m))
        algorithm = ALGORITHM_SOURCE;
    dpor_init(&x->dpor, x->m->agents, algorithm);
    if (!x->task->length)
        return true;
    if (x->task->length > x->max_steps || !task_enter(&x->dpor, x->m, x->task))
        return false;
    x->known_at_root = x->m->state->finding_count;
    x->result->steps += x->dpor.depth;
    explorer_take_checkpoint(x, x->dpor.depth);
    return true;
}

/* Has the task come to its end, or handed on what is left of it? */
static bool is_over(struct explorer *x)
{
    const struct explore_result *r = x->result;
    if (!dpor_backtrack(&x->dpor))
        return true;
    if (!x->task->budget || explore_executions(r) < x->task->budget)
        return false;
    task_leave(&x->dpor, x->rest);
    return true;
}

/* All executions behind the task's path; false if one found more to be visible. */
static bool explore_behind(struct explorer *x)
{
    do {
        replay_prefix(x);
        enum outcome outcome = extend(x);
        dpor_reverse_open(&x->dpor);
        if (explorer_saw_more(x))
            return false;
        explorer_count(x, outcome, 1);
        if (explorer_is_done(x))
            break;
    } while (!is_over(x));
    return true;
}

/* All executions under the visible set in force; false if one found more to be visible. */
static bool explore_all(struct explorer *x)
{
    if (!explorer_begin(x))
        return false;
    bool fits = enter_task(x);
    bool stable = !fits || explore_behind(x);
    if (x->rest) {
        task_take_requests(&x->dpor, x->rest);
        x->rest->misfit = !fits;
    }
    dpor_free(&x->dpor);
    return stable;
}

struct explorer *explorer_new(struct machine *m, const struct explore_options *options)
{
    struct explorer *x = calloc(1, sizeof *x);
    assert(x);
    assert(options->max_steps && options->max_steps <= EXPLORE_MAX_STEPS);
    assert(options->pct_depth <= PCT_DEPTH_MAX);
    x->m = m;
    x->options = options;
    x->started = seconds_now();
    x->max_steps = options->max_steps;
    x->path = malloc(x->max_steps);
    assert(x->path);
    return x;
}

void explorer_free(struct explorer *x)
{
    for (uint32_t i = 0; i < x->checkpoint_capacity; i++)
        checkpoint_free(x->m, &x->checkpoint[i].state);
    free(x->checkpoint);
    free(x->path);
    free(x);
}

bool explorer_run(struct explorer *x, const struct task *task, struct explore_result *r,
                  struct rest *rest)
{
    x->task = task;
    x->result = r;
    x->rest = rest;
    x->m->stop_vain_rounds = !x->options->every_round;
    bool stable = explorer_samples(x->options) ? sample_all(x) : explore_all(x);
    x->m->stop_vain_rounds = false;
    r->knobs = x->m->knobs.consulted;
    return stable;
}

void explore(struct machine *m, const struct explore_options *asked, struct explore_result *r)
{
    static const struct task whole = {0};
    struct explore_options options = *asked;
    explore_defaults(&options);
    struct explorer *x = explorer_new(m, &options);
    memset(r, 0, sizeof *r);
    while (!explorer_run(x, &whole, r, NULL)) {
        r->restarts++;
        visible_absorb(&m->visibility);
    }
    r->seconds = seconds_now() - x->started;
    explorer_free(x);
    explore_conclude(m, r);
}
