/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer's driver: runs one execution after the other, each from the start snapshot along
 * the prefix that it shares with the last one, then on by choices of its own. Which choices have
 * to be tried is decided in dpor.c.
 */
#include "sim/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/check.h"
#include "sim/counterexample.h"
#include "sim/dpor.h"

enum {
    DEFAULT_MAX_STEPS = 60000,
    CLOCK_EVERY = 64,
    CHECKPOINT_EVERY = 8, /* steps; 4 to 16 differ by less than the noise, 32 is slower */
};

const char *const algorithm_name[ALGORITHM_COUNT] = {"optimal", "source", "sleep", "dfs"};

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {"safe", "violation", "incomplete"};
    return names[v];
}

enum outcome { OUTCOME_COMPLETE, OUTCOME_BLOCKED, OUTCOME_WAITING, OUTCOME_BOUND };

/* The state before node `depth` is executed. */
struct path_checkpoint {
    uint32_t depth;
    struct checkpoint state;
};

struct explorer {
    struct machine *m;
    const struct explore_options *options;
    struct explore_result *result;
    struct dpor dpor;
    uint32_t known_findings; /* of this execution: found in the shared prefix, kept before */
    uint32_t found_depth[MACHINE_MAX_FINDINGS]; /* steps up to the finding */
    struct path_checkpoint *checkpoint; /* along the path, by depth */
    uint32_t checkpoints, checkpoint_capacity; /* those beyond the count wait to be used again */
    uint8_t *path; /* agents of this execution, for findings */
    uint64_t max_steps;
    double started;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
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
    /* What a core found on its way to its first visible step belongs to the first execution. */
    bool first = !(x->result->complete + x->result->blocked);
    x->known_findings = first ? 0 : x->m->state->finding_count;
}

static void take_checkpoint(struct explorer *x)
{
    uint32_t last = x->checkpoints ? x->checkpoint[x->checkpoints - 1].depth : 0;
    if (x->dpor.depth < last + CHECKPOINT_EVERY)
        return;
    if (x->checkpoints == x->checkpoint_capacity) {
        x->checkpoint = realloc(x->checkpoint,
                                (x->checkpoint_capacity + 1) * sizeof *x->checkpoint);
        assert(x->checkpoint);
        checkpoint_init(x->m, &x->checkpoint[x->checkpoint_capacity++].state);
    }
    struct path_checkpoint *k = &x->checkpoint[x->checkpoints++];
    k->depth = x->dpor.depth;
    checkpoint_take(x->m, &k->state);
}

static void note_depths(struct explorer *x, uint32_t before)
{
    for (uint32_t i = before; i < x->m->state->finding_count; i++)
        x->found_depth[i] = x->dpor.depth;
}

static enum outcome extend(struct explorer *x)
{
    struct machine *m = x->m;
    struct dpor *d = &x->dpor;
    for (;;) {
        struct footprint fp;
        uint32_t findings = m->state->finding_count;
        if (d->depth == d->count) {
            uint64_t enabled = machine_enabled(m);
            if (!enabled && check_released(m))
                return OUTCOME_WAITING;
            if (!enabled) {
                check_terminal(m);
                note_depths(x, findings);
                return OUTCOME_COMPLETE;
            }
            if (d->depth == x->max_steps) {
                m->state->bounds |= BOUND_STEPS;
                return OUTCOME_BOUND;
            }
            if (!dpor_new_node(d, enabled))
                return OUTCOME_BLOCKED;
            take_checkpoint(x);
        }
        agent_id a = d->node[d->depth].chosen;
        agent_next(m, a, &fp);
        dpor_advance(d, m, &fp);
        agent_step(m, a);
        x->result->steps++;
        if (m->invariant_count)
            check_step(m, &fp);
        note_depths(x, findings);
    }
}

static void keep_findings(struct explorer *x)
{
    struct machine_state *s = x->m->state;
    struct finding found[MACHINE_MAX_FINDINGS];
    uint32_t count = s->finding_count;
    memcpy(found, s->finding, sizeof found); /* recording runs the machine again */
    for (uint32_t i = 0; i < x->dpor.depth; i++)
        x->path[i] = x->dpor.node[i].chosen;
    for (uint32_t i = x->known_findings; i < count; i++)
        counterexample_keep(x->m, x->result, &found[i], x->path, x->found_depth[i],
                            x->options->raw);
}

static void count_outcome(struct explorer *x, enum outcome outcome)
{
    struct explore_result *r = x->result;
    r->bounds |= x->m->state->bounds;
    r->dropped |= x->m->state->dropped;
    r->blocked += outcome == OUTCOME_BLOCKED || outcome == OUTCOME_WAITING;
    r->waiting += outcome == OUTCOME_WAITING;
    r->complete += outcome == OUTCOME_COMPLETE;
    if (outcome == OUTCOME_COMPLETE && x->options->on_complete)
        x->options->on_complete(x->options->context, x->m);
    if (x->m->state->finding_count > x->known_findings)
        keep_findings(x); /* runs the machine again: last */
}

static bool out_of_budget(struct explorer *x)
{
    struct explore_result *r = x->result;
    uint64_t runs = r->complete + r->blocked;
    if (x->options->max_executions && runs >= x->options->max_executions)
        r->bounds |= BOUND_EXECUTIONS;
    if (runs % CLOCK_EVERY == 0) {
        double seconds = now() - x->started;
        if (x->options->max_seconds > 0 && seconds >= x->options->max_seconds)
            r->bounds |= BOUND_SECONDS;
        if (x->options->on_progress)
            x->options->on_progress(x->options->context, runs, seconds);
    }
    return r->bounds & (BOUND_EXECUTIONS | BOUND_SECONDS);
}

static void forget_results(struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        schedule_free(&r->finding[i].schedule);
    uint64_t steps = r->steps, restarts = r->restarts;
    memset(r, 0, sizeof *r);
    r->steps = steps;
    r->restarts = restarts;
}

/* All executions under the visible set in force; false if one found more to be visible. */
static bool explore_all(struct explorer *x)
{
    forget_results(x->result);
    x->m->observed_more = false;
    x->m->core_ops->begin(x->m->cpu);
    x->checkpoints = 0;
    memset(x->found_depth, 0, sizeof x->found_depth);
    x->m->knobs.consulted = 0;
    if (x->m->visibility.found || x->m->observed_more)
        return false;
    dpor_init(&x->dpor, x->m->agents, x->options->algorithm);
    bool stable = true;
    do {
        replay_prefix(x);
        enum outcome outcome = extend(x);
        dpor_reverse_open(&x->dpor);
        if (x->m->visibility.found || x->m->observed_more) {
            stable = false;
            break;
        }
        count_outcome(x, outcome);
        if (x->options->stop_at_first && x->result->finding_count)
            break;
        if (out_of_budget(x))
            break;
    } while (dpor_backtrack(&x->dpor));
    dpor_free(&x->dpor);
    return stable;
}

/* What one execution had no room for, another may have kept. */
static void forget_kept(const struct machine *m, struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->finding[i].finding;
        r->dropped &= ~(1ull << finding_bit(m, f->kind, f->name));
    }
}

static bool any_violation(const struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (r->finding[i].finding.kind != FINDING_LIMIT)
            return true;
    return false;
}

void explore(struct machine *m, const struct explore_options *options, struct explore_result *r)
{
    struct explorer x = {.m = m, .options = options, .result = r, .started = now()};
    m->stop_vain_rounds = !options->every_round;
    x.max_steps = options->max_steps && options->max_steps < DEFAULT_MAX_STEPS ? options->max_steps
                                                                             : DEFAULT_MAX_STEPS;
    x.path = malloc(x.max_steps);
    assert(x.path);
    memset(r, 0, sizeof *r);
    while (!explore_all(&x)) {
        r->restarts++;
        visible_absorb(&m->visibility);
    }
    for (uint32_t i = 0; i < x.checkpoint_capacity; i++)
        checkpoint_free(m, &x.checkpoint[i].state);
    free(x.checkpoint);
    free(x.path);
    m->stop_vain_rounds = false;
    forget_kept(m, r);
    r->knobs = m->knobs.consulted;
    r->seconds = now() - x.started;
    r->visible_bytes = m->visibility.frozen;
    r->verdict = any_violation(r) ? VERDICT_VIOLATION : r->bounds ? VERDICT_INCOMPLETE
                                                                  : VERDICT_SAFE;
}

void explore_result_free(struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        schedule_free(&r->finding[i].schedule);
    r->finding_count = 0;
}
