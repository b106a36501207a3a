/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs each measurement in a process of its own, so that none warms or burdens the next. */
#include "bench/bench.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/process.h"
#include "scenarios/scenario.h"

enum { MAX_ROWS = 40, NAME_SIZE = 80 };

static struct bench_row rows[MAX_ROWS];
static char names[MAX_ROWS][NAME_SIZE];
static unsigned row_count;

static void measure(const void *task, void *result)
{
    const char *name = task;
    if (!strcmp(name, "ping-pong"))
        bench_ping_pong(result);
    else if (!strcmp(name, "store-buffering"))
        bench_store_buffering(result);
    else
        bench_scenario(name, result);
}

/* False: `error` (SCENARIO_ERROR) says why there is no measurement. */
static bool run(const char *name, char *error)
{
    struct bench_row row = {.seconds = 0};
    if (row_count == MAX_ROWS) {
        snprintf(error, SCENARIO_ERROR, "bench: no room for %.80s", name);
        return false;
    }
    bool ok = process_run(measure, name, &row, sizeof row, &row.peak_kib);
    if (!ok || row.seconds <= 0) {
        snprintf(error, SCENARIO_ERROR, "%s", ok && row.error[0] ? row.error
                                              : "bench: a measurement ended without a result");
        return false;
    }
    snprintf(names[row_count], NAME_SIZE, "%s", name);
    row.name = names[row_count];
    rows[row_count++] = row;
    return true;
}

static bool run_all_variants(const struct scenario *s, char *error)
{
    for (unsigned i = 0; i < s->variants_count; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "%s:%s", s->name, s->variants[i].name);
        if (!run(name, error))
            return false;
    }
    return true;
}

static void print_table(double variants_seconds)
{
    printf("%-28s %9s %12s %14s %14s %10s\n", "", "seconds", "executions", "executions/s",
           "points/s", "peak KiB");
    for (unsigned i = 0; i < row_count; i++) {
        const struct bench_row *r = &rows[i];
        printf("%-28s %9.3f %12.0f %14.0f %14.0f %10ld\n", r->name, r->seconds, r->executions,
               r->executions / r->seconds, r->steps / r->seconds, r->peak_kib);
    }
    printf("\nall variants of posted-delivery, one after another: %.1f s\n", variants_seconds);
}

static void print_json(double variants_seconds)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < row_count; i++) {
        const struct bench_row *r = &rows[i];
        json_array_append_new(list, json_pack("{s:s, s:f, s:f, s:f, s:f, s:I}", "name", r->name,
                                              "seconds", r->seconds, "executions", r->executions,
                                              "executions_per_second", r->executions / r->seconds,
                                              "points_per_second", r->steps / r->seconds,
                                              "peak_kib", (json_int_t)r->peak_kib));
    }
    json_t *all = json_pack("{s:i, s:o, s:f}", "version", 1, "rows", list,
                            "posted_delivery_seconds", variants_seconds);
    json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(all);
}

bool bench_run(bool json, char *error)
{
    double variants_seconds = 0;
    const struct scenario_variant *variant;
    struct scenario *s = scenario_open("posted-delivery", &variant, error);
    if (!s)
        return false;
    bool ok = run("ping-pong", error) && run("store-buffering", error);
    unsigned first = row_count;
    ok = ok && run_all_variants(s, error);
    scenario_free(s);
    for (unsigned i = first; i < row_count; i++)
        variants_seconds += rows[i].seconds;
    if (ok && json)
        print_json(variants_seconds);
    else if (ok)
        print_table(variants_seconds);
    return ok;
}
