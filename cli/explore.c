/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave explore: all interleavings of one variant, or of all. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/columns.h"
#include "cli/jobs.h"
#include "cli/resume.h"
#include "sim/recording.h"

struct order {
    const struct options *options;
    const struct scenario *scenario;
    const struct scenario_variant *variant; /* NULL: all */
    struct frontier frontier;               /* with --resume */
};

static int print_run(struct run *run, const struct options *o)
{
    if (o->json) {
        json_t *object = run_to_json(run);
        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
    } else {
        run->story.brief = !o->all_steps;
        run_print(stdout, run);
    }
    return verdict_exit_code(run->result.verdict);
}

static int write_recording(const struct run *run, const char *path)
{
    char error[SCENARIO_ERROR];
    if (!run->best) {
        fprintf(stderr, "irqweave: nothing found, so %s is not written\n", path);
        return EXIT_NOTHING_FOUND;
    }
    return run_record(run, path, error) ? EXIT_NOTHING_FOUND : cli_error("%s", error);
}

/* Explores, or goes on. */
static bool run_variant(struct run *run, struct session *s, struct order *t, char *error)
{
    const struct options *o = t->options;
    struct explore_options options = o->resume ? o->explore : run_options(o, t->variant);
    if (!o->resume)
        return run_explore(run, s, o->model, &o->knobs, &options, options_jobs(o), error);
    *run = (struct run){.session = s};
    if (!resume_configure(&t->frontier, s, o->resume, error))
        return false;
    options.algorithm = t->frontier.algorithm;
    options.max_steps = t->frontier.max_steps;
    return run_resume(run, s, &t->frontier.partition, &options, options_jobs(o), error);
}

/* Files first: who reads the output may stop reading, which ends this process. */
static int finish_variant(struct run *run, const struct options *o, bool ok, char *error)
{
    int status = ok ? EXIT_NOTHING_FOUND : cli_error("%s", error);
    if (ok && o->output)
        status = exit_code_worse(status, write_recording(run, o->output));
    if (!partition_is_done(&run->partition) && !run->partition.misfit &&
        !leave_write(run, o, &run->frontier, error)) {
        int lost = cli_error("%s", error);
        status = o->frontier || o->resume ? lost : status;
    }
    if (ok && o->resume && partition_is_done(&run->partition))
        fprintf(stderr, "irqweave: everything has been explored; '%s' is not needed any more\n",
                o->resume);
    int found = ok ? print_run(run, o) : status;
    return exit_code_worse(found, status);
}

static int explore_variant(struct order *t)
{
    char error[SCENARIO_ERROR];
    struct run run;
    struct session *s = session_open(t->scenario, t->variant, error);
    if (!s)
        return cli_error("%s", error);
    bool ok = run_variant(&run, s, t, error);
    int status = finish_variant(&run, t->options, ok, error);
    run_free(&run);
    session_close(s);
    return status;
}

/* ---- All variants ---- */

static json_t *explore_job(void *context, unsigned index)
{
    const struct order *t = context;
    char error[SCENARIO_ERROR];
    struct run run;
    const struct scenario_variant *variant = &t->scenario->variants[index];
    struct explore_options options = run_options(t->options, variant);
    run_is_quiet = true;
    leave_on_signals(false);
    struct session *s = session_open(t->scenario, variant, error);
    if (!s || !run_explore(&run, s, t->options->model, &t->options->knobs, &options, 1, error))
        return json_pack("{s:s}", "error", error);
    return run_to_json(&run);
}

static int code_of(const struct scenario *s, unsigned variant, const json_t *run)
{
    const char *error = json_string_value(json_object_get(run, "error"));
    const char *verdict = json_string_value(json_object_get(run, "verdict"));
    if (error || !verdict)
        return cli_error("%s:%s: %s", s->name, s->variants[variant].name,
                         error ? error : "a job ended without a result");
    for (enum verdict v = VERDICT_SAFE; v < VERDICT_INCOMPLETE; v++)
        if (!strcmp(verdict, verdict_name(v)))
            return verdict_exit_code(v);
    return EXIT_INCOMPLETE;
}

static void print_line(const struct scenario_variant *v, int width, const json_t *run)
{
    const json_t *executions = json_object_get(run, "executions");
    printf("%-*s %-10s %9lld executions, %lld blocked, %.2f s\n", width, v->name,
           json_string_value(json_object_get(run, "verdict")),
           (long long)json_integer_value(json_object_get(executions, "complete")),
           (long long)json_integer_value(json_object_get(executions, "blocked")),
           json_number_value(json_object_get(run, "seconds")));
}

static int explore_all(struct order *t)
{
    unsigned count = t->scenario->variants_count;
    json_t **runs = jobs_run("variants", count, options_jobs(t->options), explore_job, t,
                             t->options->explore.stop);
    json_t *list = json_array();
    int status = EXIT_NOTHING_FOUND;
    for (unsigned i = 0; i < count; i++) {
        int code = code_of(t->scenario, i, runs[i]);
        status = exit_code_worse(status, code);
        if (!t->options->json && code != EXIT_WRONG_USE)
            print_line(&t->scenario->variants[i], columns_of_variants(t->scenario), runs[i]);
        json_array_append_new(list, runs[i]);
    }
    if (t->options->json) {
        json_t *object = json_pack("{s:i, s:s, s:O}", "version", 1, "scenario", t->scenario->name,
                                   "runs", list);
        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
    }
    json_decref(list);
    free(runs);
    return status;
}

static int check_order(const struct order *t, char *error)
{
    const struct options *o = t->options;
    if (o->output && !t->variant)
        return cli_error("-o needs one variant: %s:VARIANT", t->scenario->name);
    if (o->frontier && !t->variant)
        return cli_error("--frontier needs one variant: %s:VARIANT", t->scenario->name);
    if (o->output && !recording_writable(o->output, error, SCENARIO_ERROR))
        return cli_error("%s", error);
    return leave_possible(o, error) ? EXIT_NOTHING_FOUND : cli_error("%s", error);
}

int explore_main(int argc, char **argv)
{
    struct options o;
    struct order order = {.options = &o};
    char error[SCENARIO_ERROR], name[400];
    const volatile sig_atomic_t *stop = leave_on_signals(true); /* whatever takes long comes later */
    options_parse(&o, argc, argv, "SCENARIO[:VARIANT]",
                  "Explores all interleavings of one variant, or of all; or, with --algorithm pct or "
                  "random, a sample of them.", "jmkaespordqwAJFR");
    o.explore.stop = stop;
    if (o.count > 1 || (!o.count && !o.resume))
        return cli_error("explore takes one SCENARIO[:VARIANT]; 'irqweave list' names them");
    if (o.resume && !resume_read(&order.frontier, &o, name, error))
        return cli_error("%s", error);
    struct scenario *scenario = outside_open(o.resume ? name : o.arguments[0], &order.variant,
                                              error);
    if (!scenario)
        return cli_error("%s", error);
    order.scenario = scenario;
    int status = check_order(&order, error);
    if (!status)
        status = order.variant ? explore_variant(&order) : explore_all(&order);
    frontier_free(&order.frontier);
    scenario_free(scenario);
    return status;
}
