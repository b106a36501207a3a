/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave replay: a recording or a schedule again, as columns or JSON. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/columns.h"
#include "cli/reference.h"
#include "cli/run.h"
#include "sim/check.h"
#include "sim/recording.h"

/* What to replay, from either source. */
struct request {
    struct reference reference;
    struct recording recording; /* all zero without one */
    bool recorded;
    char *text; /* holds the schedule of the reference */
};

static char *join(const struct options *o)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (unsigned i = 0; f && i < o->count; i++)
        fprintf(f, "%s%s", i ? " " : "", o->arguments[i]);
    if (f)
        fclose(f);
    return text;
}

static bool from_file(struct request *r, const char *path, char *error)
{
    struct recording *rec = &r->recording;
    if (!recording_read(rec, path, error, SCENARIO_ERROR))
        return false;
    r->recorded = true;
    snprintf(r->reference.name, sizeof r->reference.name, "%.60s:%.60s", rec->setup.scenario,
             rec->setup.variant);
    r->reference.model = rec->setup.model;
    r->reference.knobs = rec->setup.knobs;
    r->reference.choices = rec->schedule;
    return true;
}

/* An argument that names a file is one, whatever it looks like. */
static bool read_request(struct request *r, const struct options *o, char *error)
{
    if (o->count == 1 && access(o->arguments[0], F_OK) == 0)
        return from_file(r, o->arguments[0], error);
    if (o->count == 1 && !strchr(o->arguments[0], ':')) {
        bool blank = !o->arguments[0][strspn(o->arguments[0], " \t\n")];
        snprintf(error, SCENARIO_ERROR, "%.200s: no %s, and not a schedule (SCENARIO:VARIANT/tso "
                 "c0@...)", blank ? "the argument is empty" : o->arguments[0],
                 blank ? "name of a recording" : "such file");
        return false;
    }
    r->text = join(o);
    return r->text && reference_parse(&r->reference, r->text, error);
}

static bool check_image(const struct request *r, const struct session *s, const char *path,
                        char *error)
{
    if (!r->recorded)
        return reference_matches(&r->reference, s, error);
    if (!image_matches(&r->recording.setup, s, path, "recorded with", error))
        return false;
    if (run_setup_fits(&r->recording.setup, s->m->memory.size, s->m->cores))
        return true;
    snprintf(error, SCENARIO_ERROR, "%.200s: 'visible' or 'boundaries' names memory or cores that "
             "do not exist", path);
    return false;
}

/* No choices are right only where something is found before the first, or nothing can step. */
static bool says_something(const struct session *s, const struct schedule *schedule, char *error)
{
    if (schedule->count || s->m->state->finding_count || !machine_enabled(s->m))
        return true;
    snprintf(error, SCENARIO_ERROR, "the schedule is empty; choices such as c0@153.2 are right, as "
             "explore prints them");
    return false;
}

/* Puts the name of the file before an error in what the file says. */
static void name_file(const struct request *r, const char *path, char *error)
{
    char what[SCENARIO_ERROR];
    if (!r->recorded || !strncmp(error, path, strlen(path)))
        return;
    snprintf(what, sizeof what, "%s", error);
    snprintf(error, SCENARIO_ERROR, "%.150s: %.240s", path, what);
}

static bool replay(const struct request *r, struct session *s, const char *path,
                   struct trace *trace, char *error)
{
    struct schedule schedule = {0};
    const struct run_setup *setup = &r->recording.setup;
    bool ok = check_image(r, s, path, error);
    session_configure(s, r->reference.model, &r->reference.knobs);
    ok = ok && schedule_parse(s->m, r->reference.choices, &schedule, error, SCENARIO_ERROR) &&
         session_replay(s, &schedule, r->recorded ? setup->visible : NULL,
                        setup->visible_count, setup->observed, trace, error) &&
         says_something(s, &schedule, error);
    schedule_free(&schedule);
    return ok;
}

/* Did the run find this, if only without room to say more about it? */
static bool occurs(const struct session *s, const struct trace *trace, const struct finding *f)
{
    for (unsigned i = 0; i < trace->finding_count; i++)
        if (trace->finding[i].kind == f->kind && !strcmp(trace->finding[i].name, f->name))
            return true;
    for (unsigned bit = 0; bit < 64; bit++) {
        if (!(trace->dropped >> bit & 1))
            continue;
        struct finding dropped = finding_of_bit(s->m, bit);
        if (dropped.kind == f->kind && !strcmp(dropped.name, f->name))
            return true;
    }
    return false;
}

/* True with one line on standard error if the recording promises what the run does not show. */
static bool differs(const struct request *r, const struct session *s, const struct trace *trace,
                    const char *path)
{
    const struct finding *f = &r->recording.finding;
    if (!r->recorded || !f->kind || occurs(s, trace, f))
        return false;
    cli_error("%.200s: the recorded finding (%s%s%s) does not occur; as recorded, the schedule "
              "leads to it", path, finding_kind_name(f->kind), f->name[0] ? " " : "", f->name);
    return true;
}

/* ---- Output ---- */

static void print_json(const struct story *story, const struct request *r)
{
    const struct session *s = story->session;
    json_t *findings = json_array();
    for (unsigned i = 0; i < story->trace->finding_count; i++)
        json_array_append_new(findings, finding_to_json(&story->trace->finding[i]));
    json_t *object = json_pack(
        "{s:i, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "version", 1, "scenario", s->scenario->name,
        "variant", s->variant->name, "memory", s->m->model == MEMORY_SC ? "sc" : "tso", "knobs",
        knobs_to_json(&s->knobs, (1ull << KNOB_COUNT) - 1), "schedule", r->reference.choices,
        "findings", findings, "further_findings", dropped_to_json(s->m, story->trace->dropped),
        "interleaving", story_to_json(story));
    json_dumpf(object, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(object);
}

/* Enter shows the next event, q ends; without a terminal, each line of input is a press. */
static void print_stepwise(const struct story *story)
{
    char line[64];
    columns_print_head(stdout, story);
    for (unsigned i = 0; i < story->count; i++) {
        if (!columns_print_event(stdout, story, i))
            continue;
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin) || line[0] == 'q')
            return;
    }
    columns_print_end(stdout, story);
}

static int print_story(const struct session *s, const struct trace *trace, const struct options *o,
                       const struct request *r)
{
    struct story story;
    story_build(&story, s, trace);
    if (o->json)
        print_json(&story, r);
    else if (o->step)
        print_stepwise(&story);
    else
        columns_print(stdout, &story);
    story_free(&story);
    return trace->finding_count ? EXIT_FOUND : EXIT_NOTHING_FOUND;
}

static int run_request(const struct request *r, const struct options *o)
{
    char error[SCENARIO_ERROR];
    const struct scenario_variant *variant;
    struct trace trace = {0};
    const char *path = o->arguments[0];
    struct scenario *scenario = scenario_open(r->reference.name, &variant, error);
    if (!scenario) {
        name_file(r, path, error);
        return cli_error("%s", error);
    }
    if (!variant) {
        scenario_free(scenario);
        return cli_error("schedule: no variant; it begins with SCENARIO:VARIANT/tso");
    }
    const char *mutation = r->reference.mutation;
    struct session *s = session_open_mutated(scenario, variant, mutation[0] ? mutation : NULL, error);
    bool ok = s && replay(r, s, path, &trace, error);
    if (s && !ok)
        name_file(r, path, error);
    int status = ok ? print_story(s, &trace, o, r) : cli_error("%s", error);
    if (ok && differs(r, s, &trace, path))
        status = EXIT_FOUND;
    trace_free(&trace);
    if (s)
        session_close(s);
    scenario_free(scenario);
    return status;
}

int replay_main(int argc, char **argv)
{
    struct options o;
    struct request request = {0};
    char error[SCENARIO_ERROR];
    options_parse(&o, argc, argv, "FILE|SCHEDULE", "Runs a recording or a schedule again.", "jt");
    if (!o.count)
        return cli_error("replay takes a recording or a schedule, as explore prints it");
    if (o.json && o.step)
        return cli_error("replay takes --json or --step, not both");
    bool ok = read_request(&request, &o, error);
    int status = ok ? run_request(&request, &o) : cli_error("%s", error);
    recording_free(&request.recording);
    free(request.text);
    return status;
}
