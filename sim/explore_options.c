/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of an exploration: by which algorithm, what goes without saying, when it is enough. */
#include <string.h>

#include "sim/check.h"
#include "sim/explorer.h"
#include "sim/seconds.h"

enum { CLOCK_EVERY = 64 };

const char *const algorithm_name[ALGORITHM_NAMES] = {"optimal", "source", "sleep",
                                                     "dfs",     "pct",    "random"};

bool explore_is_divisible(const struct explore_options *o)
{
    return !explorer_samples(o) && !o->bound_preemptions;
}

bool explore_is_about_memory(const struct machine *m)
{
    bool events = m->region_watch;
    for (unsigned k = 0; k < m->invariant_count; k++)
        events |= m->invariant[k].events != 0;
    return !m->message_ops && !m->devices && !events;
}

bool explore_counts_redundant(const struct explore_options *o)
{
    return o->algorithm < ALGORITHM_DFS && !o->bound_preemptions;
}

/*
 * A round in vain is made up for by an execution without it, which a sample need not hold, and which
 * has a preemption more: the core is left before the round, and not while it waits. So cores in
 * pause loops go on when they are released.
 */
void explore_defaults(struct explore_options *o)
{
    enum { SEED = 1, PCT_DEPTH = 3, SAMPLE_EXECUTIONS = 1000 };
    o->every_round |= explorer_samples(o) || o->bound_preemptions;
    if (!o->max_steps || o->max_steps > EXPLORE_MAX_STEPS)
        o->max_steps = EXPLORE_MAX_STEPS;
    if (!o->seed)
        o->seed = SEED;
    if (!o->pct_depth)
        o->pct_depth = PCT_DEPTH;
    if (explorer_samples(o) && !o->max_executions && !(o->max_seconds > 0))
        o->max_executions = SAMPLE_EXECUTIONS;
}

/* Of the task, or of the sample if it is to have so many executions. */
static double fraction(const struct explorer *x)
{
    const struct explore_options *o = x->options;
    if (!explorer_samples(o))
        return task_fraction(&x->dpor);
    return o->max_executions ? (double)explore_executions(x->result) / (double)o->max_executions : 0;
}

bool explore_found(const struct explore_result *r, const struct machine *m, const char *title)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(finding_title(&r->finding[i].finding), title))
            return true;
    for (unsigned bit = 0; bit < 64; bit++) {
        struct finding dropped = finding_of_bit(m, bit);
        if ((r->dropped >> bit & 1) && !strcmp(finding_title(&dropped), title))
            return true;
    }
    return false;
}

static bool has_found_enough(const struct explorer *x)
{
    const struct explore_options *o = x->options;
    if (!o->stop_at_first || !x->result->finding_count)
        return false;
    for (unsigned i = 0; i < o->wanted_count; i++)
        if (!explore_found(x->result, x->m, o->wanted[i]))
            return false;
    return true;
}

bool explorer_is_done(struct explorer *x)
{
    struct explore_result *r = x->result;
    uint64_t runs = explore_executions(r);
    if (has_found_enough(x))
        return true;
    if (x->options->max_executions && runs >= x->options->max_executions)
        r->bounds |= BOUND_EXECUTIONS;
    if (x->options->stop && *x->options->stop)
        r->bounds |= BOUND_INTERRUPT;
    if (runs >= x->look) {
        x->look = runs + CLOCK_EVERY;
        double seconds = seconds_now() - x->started;
        if (x->options->max_seconds > 0 && seconds >= x->options->max_seconds)
            r->bounds |= BOUND_SECONDS;
        if (x->options->on_progress)
            x->options->on_progress(x->options->progress_context, runs, fraction(x));
    }
    return r->bounds & CUTTING_BOUNDS;
}
