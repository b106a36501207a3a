/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave reproduce: each variant of a scenario under both memory models and for each value of
 * each knob that it consults, one knob at a time from the defaults. A verdict that a knob changes
 * is printed as "depends", never as "safe".
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/columns.h"
#include "cli/jobs.h"
#include "cli/reproduce.h"
#include "cli/run.h"

/* Jobs 2 n and 2 n + 1 are variant n under TSO and under SC. */
static json_t *reproduce_job(void *context, unsigned index)
{
    const struct reproduction *work = context;
    return reproduce_one(work, &work->scenario->variants[index / 2], index % 2 ? MEMORY_SC : MEMORY_TSO);
}

/* One object a variant, with the picture of the first model that has one. */
static json_t *merge(const struct scenario_variant *variant, json_t *tso, json_t *sc)
{
    json_t *result = json_pack("{s:s, s:s}", "variant", variant->name, "summary", variant->summary);
    json_t *error = json_object_get(json_object_get(tso, "error") ? tso : sc, "error");
    json_t *picture = json_object_get(json_object_get(tso, "picture") ? tso : sc, "picture");
    if (error)
        json_object_set(result, "error", error);
    if (picture)
        json_object_set(result, "picture", picture);
    json_object_del(tso, "picture");
    json_object_del(sc, "picture");
    json_object_set_new(result, "tso", tso);
    json_object_set_new(result, "sc", sc);
    return result;
}

static json_t **run_all(struct reproduction *work)
{
    unsigned count = work->scenario->variants_count;
    json_t **runs = jobs_run("explorations", 2 * count, options_jobs(work->options),
                              reproduce_job, work, NULL);
    for (unsigned i = 0; i < count; i++)
        runs[i] = merge(&work->scenario->variants[i], runs[2 * i], runs[2 * i + 1]);
    return runs;
}

/* ---- The table ---- */

struct totals {
    unsigned verdicts, as_expected, incomplete, explorations;
    double seconds;
    bool failed;
};

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void count_run(struct totals *t, const json_t *run)
{
    t->verdicts++;
    bool right = json_is_true(json_object_get(run, "as_expected"));
    t->as_expected += right;
    t->incomplete += !right && !strcmp(text_in(run, "verdict"), verdict_name(VERDICT_INCOMPLETE));
    t->explorations += 1 + (unsigned)json_array_size(json_object_get(run, "settings"));
    t->seconds += json_number_value(json_object_get(run, "seconds"));
}

static void print_run(const json_t *run)
{
    bool right = json_is_true(json_object_get(run, "as_expected"));
    size_t depends = json_array_size(json_object_get(run, "depends"));
    printf("  %-10s %s %-10s", depends ? "depends" : text_in(run, "verdict"),
           right ? "=" : "#", text_in(run, "expected"));
}

static void print_depends(const json_t *run)
{
    size_t i;
    json_t *knob;
    json_array_foreach (json_object_get(run, "depends"), i, knob)
        printf("%*sdepends on %s under %s\n", 14, "", json_string_value(knob),
               text_in(run, "memory"));
    json_array_foreach (json_object_get(run, "settings"), i, knob)
        if (strcmp(text_in(knob, "verdict"), text_in(run, "verdict")))
            printf("%*s  %s=%s: %s\n", 14, "", text_in(knob, "knob"), text_in(knob, "value"),
                   text_in(knob, "verdict"));
}

static void print_row(const json_t *result, int width)
{
    const json_t *tso = json_object_get(result, "tso"), *sc = json_object_get(result, "sc");
    const json_t *executions = json_object_get(tso, "executions");
    printf("%-*s", width, text_in(result, "variant"));
    print_run(tso);
    print_run(sc);
    printf("  %10lld %8lld  %s\n", (long long)json_integer_value(json_object_get(executions,
           "complete")), (long long)json_integer_value(json_object_get(executions, "blocked")),
           text_in(json_object_get(tso, "violation"), "invariant"));
    print_depends(tso);
    print_depends(sc);
}

static bool print_table(const struct scenario *s, json_t **results, struct totals *t)
{
    printf("%s: %s\n\n", s->name, s->summary);
    int width = columns_of_variants(s);
    printf("%-*s  %-10s   %-10s  %-10s   %-10s  %10s %8s\n", width, "variant", "TSO", "expected", "SC",
           "expected", "executions", "blocked");
    for (unsigned i = 0; i < s->variants_count; i++) {
        const char *error = json_string_value(json_object_get(results[i], "error"));
        if (error) {
            cli_error("%s:%s: %s", s->name, s->variants[i].name, error);
            t->failed = true;
            continue;
        }
        print_row(results[i], width);
    }
    return !t->failed;
}

static void print_pictures(const struct scenario *s, json_t **results)
{
    for (unsigned i = 0; i < s->variants_count; i++) {
        const char *picture = json_string_value(json_object_get(results[i], "picture"));
        if (picture)
            printf("\n%.*s\n\n%s", COLUMNS_WIDTH,
                   "========================================================================="
                   "===========================", picture);
    }
}

static void count_all(const struct scenario *s, json_t **results, struct totals *t)
{
    for (unsigned i = 0; i < s->variants_count; i++) {
        if (json_object_get(results[i], "error")) {
            t->failed = true;
            continue;
        }
        count_run(t, json_object_get(results[i], "tso"));
        count_run(t, json_object_get(results[i], "sc"));
    }
}

static bool consulted(const struct scenario *s, json_t **results, const char *knob)
{
    for (unsigned i = 0; i < 2 * s->variants_count; i++) {
        json_t *run = json_object_get(results[i / 2], i % 2 ? "sc" : "tso");
        if (json_object_get(json_object_get(run, "knobs"), knob))
            return true;
    }
    return false;
}

/* Each knob that any run consulted, with the values that were tried. */
static void print_knobs(const struct scenario *s, json_t **results)
{
    bool any = false;
    for (unsigned k = 0; k < KNOB_COUNT; k++)
        any |= consulted(s, results, knob_table[k].name);
    puts(any ? "knobs consulted, each tried with all its values while the others keep their defaults "
               "(no combinations):"
             : "knobs consulted: none");
    for (unsigned k = 0; k < KNOB_COUNT; k++) {
        if (!consulted(s, results, knob_table[k].name))
            continue;
        printf("  %-*s ", columns_of_knobs(), knob_table[k].name);
        for (unsigned v = 0; v < knob_values((enum knob)k); v++)
            printf("%s%s", v ? ", " : "", knob_table[k].values[v]);
        putchar('\n');
    }
}

static void print_text(const struct scenario *s, json_t **results, struct totals *t)
{
    print_table(s, results, t);
    printf("\n%u verdicts in %u explorations: %u as expected (=), %u not (#)\n", t->verdicts,
           t->explorations, t->as_expected, t->verdicts - t->as_expected);
    print_knobs(s, results);
    print_pictures(s, results);
}

static void print_json(const struct scenario *s, json_t **results, const struct totals *t)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < s->variants_count; i++)
        json_array_append(list, results[i]);
    json_t *object = json_pack("{s:i, s:s, s:b, s:o}", "version", 1, "scenario", s->name,
                               "as_expected", !t->failed && t->as_expected == t->verdicts,
                               "variants", list);
    json_dumpf(object, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(object);
}

static int exit_code(const struct totals *t)
{
    if (t->failed)
        return EXIT_WRONG_USE;
    if (t->as_expected + t->incomplete < t->verdicts)
        return EXIT_FOUND;
    return t->as_expected < t->verdicts ? EXIT_INCOMPLETE : EXIT_NOTHING_FOUND;
}

int reproduce_main(int argc, char **argv)
{
    struct options o;
    struct totals totals = {0};
    char error[SCENARIO_ERROR];
    options_parse(&o, argc, argv, "SCENARIO",
                  "Each variant: its verdict beside the expected one, and the shortest interleaving "
                  "of each violation. With --all, every scenario of the tree.", "jaespJL");
    if (o.all)
        return reproduce_all(&o);
    if (o.count != 1 || strchr(o.arguments[0], ':'))
        return cli_error("reproduce takes one SCENARIO, without a variant, or --all; explore takes one");
    const struct scenario_variant *none;
    struct scenario *s = outside_open(o.arguments[0], &none, error);
    if (!s)
        return cli_error("%s", error);
    struct reproduction work = {.options = &o, .scenario = s};
    json_t **results = run_all(&work);
    count_all(s, results, &totals);
    if (o.json)
        print_json(s, results, &totals);
    else
        print_text(s, results, &totals);
    for (unsigned i = 0; i < s->variants_count; i++)
        json_decref(results[i]);
    free(results);
    scenario_free(s);
    return exit_code(&totals);
}
