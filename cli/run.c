/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/reference.h"
#include "sim/check.h"
#include "sim/parallel.h"
#include "sim/recording.h"
#include "sim/sample_jobs.h"
#include "sim/seconds.h"

bool run_is_quiet;

/* ---- Running ---- */

/* A limit of the model says nothing about the code under test: a violation goes before it. */
static bool goes_before(const struct counterexample *a, const struct counterexample *b)
{
    bool limit_a = a->finding.kind == FINDING_LIMIT, limit_b = b->finding.kind == FINDING_LIMIT;
    if (limit_a != limit_b)
        return limit_b;
    unsigned switches_a = schedule_switches(&a->schedule);
    unsigned switches_b = schedule_switches(&b->schedule);
    if (switches_a != switches_b)
        return switches_a < switches_b;
    return a->schedule.count < b->schedule.count;
}

static const struct counterexample *find_best(const struct explore_result *r)
{
    const struct counterexample *best = NULL;
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!best || goes_before(&r->finding[i], best))
            best = &r->finding[i];
    return best;
}

static bool shows(const struct trace *t, const struct finding *f)
{
    for (unsigned i = 0; i < t->finding_count; i++)
        if (t->finding[i].kind == f->kind && !strcmp(t->finding[i].name, f->name))
            return true;
    return false;
}

static bool replay_best(struct run *r, char *error)
{
    const struct finding *f = &r->best->finding;
    r->reference = reference_print(r->session, &r->best->schedule);
    if (!session_replay(r->session, &r->best->schedule, r->visible, r->visible_count,
                        r->session->m->observed_core, &r->trace, error))
        return false;
    if (!shows(&r->trace, f)) {
        snprintf(error, SCENARIO_ERROR, "a bug of irqweave: %.300s does not lead to %s %s",
                 r->reference, finding_kind_name(f->kind), f->name);
        return false;
    }
    story_build(&r->story, r->session, &r->trace);
    return true;
}

static bool is_watched(void)
{
    return isatty(STDERR_FILENO) && !run_is_quiet;
}

/* Not worth processes if the first violation is all that is asked; and how many preemptions there were
 * before a task, tasks do not know. */
static bool is_plain(const struct explore_options *o)
{
    return o->stop_at_first || o->bound_preemptions;
}

static void explore_plain(struct run *r)
{
    struct progress progress = {.options = &r->options, .started = seconds_now()};
    if (is_watched()) {
        r->options.on_progress = progress_show_plain;
        r->options.progress_context = &progress;
    }
    session_explore(r->session, &r->options, &r->result);
    progress_clear(&progress);
}

static bool explore_in_jobs(struct run *r, unsigned jobs, char *error)
{
    struct progress progress = {.options = &r->options};
    struct parallel_options how = {.jobs = jobs};
    if (is_watched()) {
        how.on_progress = progress_show;
        how.context = &progress;
    }
    struct machine *m = r->session->m;
    bool ok = r->options.algorithm >= ALGORITHM_COUNT
                  ? sample_in_jobs(m, &r->options, &how, &r->result, error, SCENARIO_ERROR)
                  : parallel_explore(m, &r->options, &how, &r->partition, &r->result, error, SCENARIO_ERROR);
    progress_clear(&progress);
    return ok;
}

static bool explore_and_replay(struct run *r, unsigned jobs, char *error)
{
    bool ok = true;
    if (is_plain(&r->options))
        explore_plain(r);
    else
        ok = explore_in_jobs(r, jobs, error);
    r->visible = visible_list(&r->session->m->visibility, &r->visible_count);
    r->best = find_best(&r->result);
    return ok && (!r->best || replay_best(r, error));
}

struct explore_options run_options(const struct options *o, const struct scenario_variant *v)
{
    const uint64_t how = option_bit(OPTION_ALGORITHM) | option_bit(OPTION_MAX_PREEMPTIONS) | option_bit(OPTION_FRONTIER);
    struct explore_options options = o->explore;
    if (!v->sample || (o->given & how))
        return options;
    options.algorithm = ALGORITHM_PCT;
    if (!options.max_executions && options.max_seconds <= 0)
        options.max_executions = v->sample;
    return options;
}

bool run_explore(struct run *r, struct session *s, enum memory_model model,
                 const struct knobs *knobs, const struct explore_options *options, unsigned jobs,
                 char *error)
{
    *r = (struct run){.session = s, .options = *options};
    explore_defaults(&r->options);
    session_configure(s, model, knobs);
    if (!is_plain(&r->options) && explore_is_divisible(&r->options)) {
        r->partition.budget = PARTITION_BUDGET;
        partition_begin(&r->partition, s->m);
    }
    return explore_and_replay(r, jobs, error);
}

bool run_resume(struct run *r, struct session *s, struct partition *p,
                const struct explore_options *options, unsigned jobs, char *error)
{
    *r = (struct run){.session = s, .options = *options, .partition = *p};
    *p = (struct partition){0};
    partition_show(&r->partition, s->m);
    return explore_and_replay(r, jobs, error);
}

void run_free(struct run *r)
{
    story_free(&r->story);
    trace_free(&r->trace);
    explore_result_free(&r->result);
    partition_free(&r->partition);
    free(r->visible);
    free(r->reference);
    free(r->frontier);
    *r = (struct run){0};
}

int verdict_exit_code(enum verdict v)
{
    switch (v) {
    case VERDICT_SAFE:
        return EXIT_NOTHING_FOUND;
    case VERDICT_VIOLATION:
        return EXIT_FOUND;
    default:
        return EXIT_INCOMPLETE;
    }
}

bool run_record(const struct run *r, const char *path, char *error)
{
    const struct session *s = r->session;
    char *schedule = schedule_print(s->m, &r->best->schedule);
    struct recording recording = {
        .setup = {.scenario = s->scenario->called, .variant = s->variant->name,
                  .image_hash = s->image.hash, .model = s->m->model, .knobs = s->knobs,
                  .visible = r->visible, .visible_count = r->visible_count,
                  .observed = s->m->observed_core},
        .schedule = schedule,
        .verdict = r->result.verdict,
        .finding = r->best->finding,
    };
    bool ok = recording_write(&recording, path, error, SCENARIO_ERROR);
    free(schedule);
    return ok;
}
