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
#include "sim/dpor.h"
#include "sim/minimise.h"

enum {
    DEFAULT_MAX_STEPS = 60000,
    MINIMISE_FIRST = 30, /* executions with the same finding */
    CLOCK_EVERY = 64,
    CHECKPOINT_EVERY = 8, /* steps; 4 to 16 differ by less than the noise, 32 is slower */
};

const char *const algorithm_name[ALGORITHM_COUNT] = {"source", "sleep", "dfs"};

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {"safe", "violation", "incomplete"};
    return names[v];
}

enum outcome { OUTCOME_COMPLETE, OUTCOME_BLOCKED, OUTCOME_BOUND };

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
    x->known_findings = x->m->state->finding_count;
    if (!x->dpor.count) { /* found on the way to the first visible action: not kept yet */
        x->known_findings = 0;
        memset(x->found_depth, 0, sizeof x->found_depth);
    }
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

static bool same_finding(const struct finding *a, const struct finding *b)
{
    return a->kind == b->kind && !strcmp(a->name, b->name);
}

/* Runs the first `length` steps of the execution once more to learn the position of each. */
static void record_schedule(struct explorer *x, uint32_t length, struct schedule *s)
{
    struct machine *m = x->m;
    machine_restore(m);
    schedule_clear(s);
    for (uint32_t d = 0; d < length; d++) {
        agent_id a = x->dpor.node[d].chosen;
        struct choice c = schedule_choice(m, a);
        agent_step(m, a);
        if (c.kind == AGENT_CORE)
            c = schedule_choice(m, a);
        schedule_add(s, c);
    }
}

static unsigned count_switches(const struct dpor *d, uint32_t length)
{
    unsigned switches = 0;
    for (uint32_t i = 1; i < length; i++)
        switches += d->node[i].chosen != d->node[i - 1].chosen;
    return switches;
}

static struct counterexample *find_counterexample(struct explore_result *r,
                                                  const struct finding *f)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (same_finding(&r->finding[i].finding, f))
            return &r->finding[i];
    if (r->finding_count == EXPLORE_MAX_FINDINGS)
        return NULL;
    return &r->finding[r->finding_count++];
}

static bool is_better(const struct schedule *a, const struct schedule *b)
{
    unsigned x = schedule_switches(a), y = schedule_switches(b);
    return x < y || (x == y && a->count < b->count);
}

/* Minimising every execution with this finding would cost more than exploring: the first few, and
 * those that are better as they stand, are enough in practice. */
static void keep_finding(struct explorer *x, const struct finding *f, uint32_t length)
{
    struct counterexample *c = find_counterexample(x->result, f);
    struct schedule candidate = {0};
    if (!c)
        return;
    c->seen++;
    if (c->seen > MINIMISE_FIRST && count_switches(&x->dpor, length) >= schedule_switches(&c->schedule))
        return;
    record_schedule(x, length, &candidate);
    if (!x->options->raw && length)
        minimise(x->m, f, &candidate);
    if (c->seen > 1 && !is_better(&candidate, &c->schedule)) {
        schedule_free(&candidate);
        return;
    }
    schedule_free(&c->schedule);
    c->schedule = candidate;
    c->finding = *f;
}

static void keep_findings(struct explorer *x)
{
    struct machine_state *s = x->m->state;
    struct finding found[MACHINE_MAX_FINDINGS];
    uint32_t count = s->finding_count;
    memcpy(found, s->finding, sizeof found); /* recording runs the machine again */
    for (uint32_t i = x->known_findings; i < count; i++)
        keep_finding(x, &found[i], x->found_depth[i]);
}

static void count_outcome(struct explorer *x, enum outcome outcome)
{
    struct explore_result *r = x->result;
    r->bounds |= x->m->state->bounds;
    r->blocked += outcome == OUTCOME_BLOCKED;
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
    x->m->knobs.consulted = 0;
    if (x->m->visibility.found || x->m->observed_more)
        return false;
    dpor_init(&x->dpor, x->m->agents, x->options->algorithm);
    bool stable = true;
    do {
        replay_prefix(x);
        enum outcome outcome = extend(x);
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
    x.max_steps = options->max_steps && options->max_steps < DEFAULT_MAX_STEPS ? options->max_steps
                                                                             : DEFAULT_MAX_STEPS;
    memset(r, 0, sizeof *r);
    while (!explore_all(&x)) {
        r->restarts++;
        visible_absorb(&m->visibility);
    }
    for (uint32_t i = 0; i < x.checkpoint_capacity; i++)
        checkpoint_free(m, &x.checkpoint[i].state);
    free(x.checkpoint);
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
