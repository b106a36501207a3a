/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer's driver: runs one execution after the other, each from the start snapshot along
 * the prefix that it shares with the last one, then on by choices of its own. Which choices have
 * to be tried is decided in dpor.c.
 */
#include "sim/explore.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/check.h"
#include "sim/counterexample.h"
#include "sim/dpor.h"
#include "sim/seconds.h"
#include "sim/task.h"

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
    const struct task *task;
    struct explore_result *result;
    struct rest *rest;
    struct dpor dpor;
    uint32_t known_findings; /* of this execution: found in the shared prefix, kept before */
    uint32_t known_at_root;  /* found on the path of the task */
    uint32_t found_depth[MACHINE_MAX_FINDINGS]; /* steps up to the finding */
    struct path_checkpoint *checkpoint; /* along the path, by depth */
    uint32_t checkpoints, checkpoint_capacity; /* those beyond the count wait to be used again */
    uint8_t *path; /* agents of this execution, for findings */
    uint64_t max_steps;
    double started;
};

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
    x->known_findings = first ? x->known_at_root : x->m->state->finding_count;
}

static void take_checkpoint(struct explorer *x)
{
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

static void take_checkpoint_now_and_then(struct explorer *x)
{
    uint32_t last = x->checkpoints ? x->checkpoint[x->checkpoints - 1].depth : 0;
    if (x->dpor.depth >= last + CHECKPOINT_EVERY)
        take_checkpoint(x);
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
            take_checkpoint_now_and_then(x);
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
    if (x->options->stop && *x->options->stop)
        r->bounds |= BOUND_INTERRUPT;
    if (runs % CLOCK_EVERY == 0) {
        double seconds = seconds_now() - x->started;
        if (x->options->max_seconds > 0 && seconds >= x->options->max_seconds)
            r->bounds |= BOUND_SECONDS;
        if (x->options->on_progress)
            x->options->on_progress(x->options->progress_context, runs, task_fraction(&x->dpor));
    }
    return r->bounds & CUTTING_BOUNDS;
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

/* What is known from elsewhere counts as seen so often that only better schedules matter. */
static void seed_results(struct explorer *x)
{
    struct explore_result *r = x->result;
    forget_results(r);
    for (; r->finding_count < x->task->known_count; r->finding_count++) {
        const struct counterexample *known = &x->task->known[r->finding_count];
        struct counterexample *c = &r->finding[r->finding_count];
        *c = (struct counterexample){.finding = known->finding, .seen = MINIMISE_FIRST};
        for (unsigned i = 0; i < known->schedule.count; i++)
            schedule_add(&c->schedule, known->schedule.choice[i]);
    }
}

/* False if more turned out visible before the first step. */
static bool begin(struct explorer *x)
{
    seed_results(x);
    x->m->observed_more = false;
    x->m->core_ops->begin(x->m->cpu);
    x->checkpoints = 0;
    x->known_at_root = 0;
    memset(x->found_depth, 0, sizeof x->found_depth);
    x->m->knobs.consulted = 0;
    return !x->m->visibility.found && !x->m->observed_more;
}

static bool enter_task(struct explorer *x)
{
    dpor_init(&x->dpor, x->m->agents, x->options->algorithm);
    if (!x->task->length)
        return true;
    if (x->task->length > x->max_steps || !task_enter(&x->dpor, x->m, x->task))
        return false;
    x->known_at_root = x->m->state->finding_count;
    x->result->steps += x->dpor.depth;
    take_checkpoint(x);
    return true;
}

/* Has the task come to its end, or handed on what is left of it? */
static bool is_over(struct explorer *x)
{
    const struct explore_result *r = x->result;
    if (!dpor_backtrack(&x->dpor))
        return true;
    if (!x->task->budget || r->complete + r->blocked < x->task->budget)
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
        if (x->m->visibility.found || x->m->observed_more)
            return false;
        count_outcome(x, outcome);
        if (x->options->stop_at_first && x->result->finding_count)
            break;
        if (out_of_budget(x))
            break;
    } while (!is_over(x));
    return true;
}

/* All executions under the visible set in force; false if one found more to be visible. */
static bool explore_all(struct explorer *x)
{
    if (!begin(x))
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

struct explorer *explorer_new(struct machine *m, const struct explore_options *options)
{
    struct explorer *x = calloc(1, sizeof *x);
    assert(x);
    x->m = m;
    x->options = options;
    x->started = seconds_now();
    x->max_steps = options->max_steps && options->max_steps < DEFAULT_MAX_STEPS
                       ? options->max_steps : DEFAULT_MAX_STEPS;
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
    bool stable = explore_all(x);
    x->m->stop_vain_rounds = false;
    r->knobs = x->m->knobs.consulted;
    return stable;
}

void explore_conclude(const struct machine *m, struct explore_result *r)
{
    forget_kept(m, r);
    r->visible_bytes = m->visibility.frozen;
    r->verdict = any_violation(r) ? VERDICT_VIOLATION : r->bounds ? VERDICT_INCOMPLETE
                                                                  : VERDICT_SAFE;
}

void explore(struct machine *m, const struct explore_options *options, struct explore_result *r)
{
    static const struct task whole = {0};
    struct explorer *x = explorer_new(m, options);
    memset(r, 0, sizeof *r);
    while (!explorer_run(x, &whole, r, NULL)) {
        r->restarts++;
        visible_absorb(&m->visibility);
    }
    r->seconds = seconds_now() - x->started;
    explorer_free(x);
    explore_conclude(m, r);
}

void explore_result_free(struct explore_result *r)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        schedule_free(&r->finding[i].schedule);
    r->finding_count = 0;
}
