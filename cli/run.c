/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/reference.h"
#include "sim/check.h"
#include "sim/recording.h"

/* ---- Progress ---- */

bool run_is_quiet;

static void show_progress(void *context, uint64_t executions, double seconds)
{
    const struct explore_options *o = context;
    double rate = seconds > 0 ? (double)executions / seconds : 0;
    fprintf(stderr, "\r%llu executions, %.1f s", (unsigned long long)executions, seconds);
    if (o->max_executions && rate > 0)
        fprintf(stderr, ", at most %.0f s to the bound",
                (double)(o->max_executions - executions) / rate);
    else if (o->max_seconds > 0)
        fprintf(stderr, ", at most %.0f s to the bound", o->max_seconds - seconds);
    fputs("\033[K", stderr);
}

static void clear_progress(void)
{
    if (isatty(STDERR_FILENO) && !run_is_quiet)
        fputs("\r\033[K", stderr);
}

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

bool run_explore(struct run *r, struct session *s, enum memory_model model,
                 const struct knobs *knobs, const struct explore_options *options, char *error)
{
    *r = (struct run){.session = s, .options = *options};
    explore_defaults(&r->options);
    if (isatty(STDERR_FILENO) && !run_is_quiet) {
        r->options.on_progress = show_progress;
        r->options.context = &r->options;
    }
    session_configure(s, model, knobs);
    session_explore(s, &r->options, &r->result);
    clear_progress();
    r->visible = visible_list(&s->m->visibility, &r->visible_count);
    r->best = find_best(&r->result);
    return !r->best || replay_best(r, error);
}

void run_free(struct run *r)
{
    story_free(&r->story);
    trace_free(&r->trace);
    explore_result_free(&r->result);
    free(r->visible);
    free(r->reference);
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

bool run_found(const struct run *r, const char *name)
{
    for (unsigned i = 0; i < r->result.finding_count; i++)
        if (!strcmp(r->result.finding[i].finding.name, name))
            return true;
    for (unsigned bit = 0; bit < 64; bit++)
        if ((r->result.dropped >> bit & 1) &&
            !strcmp(finding_of_bit(r->session->m, bit).name, name))
            return true;
    return false;
}

bool run_record(const struct run *r, const char *path, char *error)
{
    const struct session *s = r->session;
    char *schedule = schedule_print(s->m, &r->best->schedule);
    struct recording recording = {
        .scenario = s->scenario->name,
        .variant = s->variant->name,
        .image_hash = s->image.hash,
        .model = s->m->model,
        .knobs = s->knobs,
        .visible = r->visible,
        .visible_count = r->visible_count,
        .observed = s->m->observed_core,
        .schedule = schedule,
        .verdict = r->result.verdict,
        .finding = r->best->finding,
    };
    bool ok = recording_write(&recording, path, error, SCENARIO_ERROR);
    free(schedule);
    return ok;
}
