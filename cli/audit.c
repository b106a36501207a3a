/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave audit: which fences, locks, checks and interrupt-disables of safe code are needed? Each is removed from the
 * loaded image in turn, and what is left explored. docs/audit.md says what that shows and what it does not.
 */
#include "cli/audit.h"

#include <stdlib.h>
#include <string.h>

#include "cli/jobs.h"
#include "cli/resume.h"
#include "cli/run.h"

/* Without it an exploration of broken code could take any time. */
enum { BOUND_FACTOR = 10, BOUND_LEAST = 10000 };

const char *const audit_outcome_name[AUDIT_OUTCOMES] = {
    [AUDIT_LOAD_BEARING] = "load-bearing",   [AUDIT_ALONE] = "fails alone", [AUDIT_UNDECIDED] = "undecided",
    [AUDIT_NO_DIFFERENCE] = "no difference", [AUDIT_UNREACHED] = "not reached",
};

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int fail(const struct audit *a, const char *error)
{
    return cli_error("%s:%s: %s", a->scenario->name, a->variant->name, error);
}

static bool is_stopped(const struct audit *a)
{
    return a->options->explore.stop && *a->options->explore.stop;
}

static uint64_t executions_of(const json_t *run)
{
    const json_t *e = json_object_get(run, "executions");
    return (uint64_t)json_integer_value(json_object_get(e, "complete")) +
           (uint64_t)json_integer_value(json_object_get(e, "blocked"));
}

/* Only what is safe can be broken. */
static int explore_baseline(struct audit *a)
{
    json_t **results = jobs_run("explorations of the code as it is", 1, 1, audit_baseline_job, a,
                                a->options->explore.stop);
    a->result = results[0];
    free(results);
    if (json_object_get(a->result, "error"))
        return fail(a, text_in(a->result, "error"));
    json_t *run = json_object_get(a->result, "baseline");
    uint64_t bound = a->options->explore.max_executions;
    if (!bound)
        bound = BOUND_FACTOR * executions_of(run) + BOUND_LEAST;
    json_object_set_new(a->result, "variant", json_string(a->variant->name));
    json_object_set_new(a->result, "summary", json_string(a->variant->summary));
    json_object_set_new(a->result, "max_executions", json_integer((json_int_t)bound));
    if (!strcmp(text_in(run, "verdict"), verdict_name(VERDICT_SAFE)))
        return EXIT_NOTHING_FOUND;
    json_object_del(a->result, "mutations");
    bool found = !strcmp(text_in(run, "verdict"), verdict_name(VERDICT_VIOLATION));
    fail(a, found ? "not safe as it is, so that nothing can be said about what it needs; 'irqweave explore' shows why"
                  : "not decided as it is (a bound was hit), so that nothing can be said about what it needs");
    return found ? EXIT_FOUND : EXIT_INCOMPLETE;
}

static void choose_todo(struct audit *a)
{
    json_t *mutations = json_object_get(a->result, "mutations"), *m;
    size_t i;
    a->todo = calloc(json_array_size(mutations) + 1, sizeof *a->todo);
    assert(a->todo);
    json_array_foreach (mutations, i, m)
        if (!json_object_get(m, "outcome"))
            a->todo[a->todo_count++] = m;
}

/* Undecided ones are a bound that was hit: exit code 3. */
static int explore_mutations(struct audit *a)
{
    int status = EXIT_NOTHING_FOUND;
    json_t **results = jobs_run("mutations", a->todo_count, options_jobs(a->options), audit_mutation_job, a,
                                a->options->explore.stop);
    for (unsigned i = 0; i < a->todo_count; i++) {
        json_object_update(a->todo[i], results[i]);
        if (json_object_get(results[i], "error")) { /* whatever the code without it did to this program */
            json_object_set(a->todo[i], "why", json_object_get(results[i], "error"));
            json_object_set_new(a->todo[i], "outcome", json_string(audit_outcome_name[AUDIT_UNDECIDED]));
        }
        if (!strcmp(text_in(a->todo[i], "outcome"), audit_outcome_name[AUDIT_UNDECIDED]))
            status = exit_code_worse(status, EXIT_INCOMPLETE);
        json_decref(results[i]);
    }
    free(results);
    return status;
}

static int audit_variant(struct audit *a)
{
    int status = explore_baseline(a);
    if (status)
        return status;
    choose_todo(a);
    status = explore_mutations(a);
    if (!a->options->json)
        audit_print(a);
    free(a->todo);
    return status;
}

static int audit_all(struct audit *a, json_t *list)
{
    int status = EXIT_NOTHING_FOUND;
    for (unsigned i = 0; i < a->scenario->variants_count; i++) {
        struct audit one = {.options = a->options, .scenario = a->scenario, .variant = &a->scenario->variants[i]};
        bool asked = a->variant ? a->variant == one.variant
                                : one.variant->expected.tso == VERDICT_SAFE && !one.variant->sample;
        if (!asked || is_stopped(a))
            continue;
        status = exit_code_worse(status, audit_variant(&one));
        json_array_append_new(list, one.result);
    }
    return status;
}

int audit_main(int argc, char **argv)
{
    struct options o;
    char error[SCENARIO_ERROR];
    const volatile sig_atomic_t *stop = leave_on_signals(true);
    options_parse(&o, argc, argv, "SCENARIO[:VARIANT]",
                  "Removes each fence, LOCK prefix, check of shared memory and interrupt-disable from the code under test "
                  "in turn, swaps neighbouring accesses, and explores what is left: what is load-bearing, and what made no "
                  "difference. Of a scenario, all variants that are expected to be safe.", "jkesJ");
    o.explore.stop = stop;
    struct audit audit = {.options = &o};
    if (o.count != 1)
        return cli_error("audit takes one SCENARIO[:VARIANT]; 'irqweave list' names them");
    struct scenario *scenario = scenario_open(o.arguments[0], &audit.variant, error);
    if (!scenario)
        return cli_error("%s", error);
    audit.scenario = scenario;
    json_t *list = json_array();
    int status = audit_all(&audit, list);
    if (o.json) {
        json_t *object = json_pack("{s:i, s:s, s:O}", "version", 1, "scenario", scenario->name, "audits", list);
        json_dumpf(object, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(object);
    }
    json_decref(list);
    scenario_free(scenario);
    return status;
}
