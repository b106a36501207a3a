/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs each measurement in a process of its own, so that none warms or burdens the next. */
#include "bench/bench.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/process.h"
#include "scenarios/scenario.h"

struct rows {
    struct bench_row *row; /* names belong to it */
    unsigned count;
};

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

static void keep(struct rows *rows, const char *name, const struct bench_row *row)
{
    rows->row = realloc(rows->row, (rows->count + 1) * sizeof *row);
    assert(rows->row);
    rows->row[rows->count] = *row;
    rows->row[rows->count].name = strdup(name);
    assert(rows->row[rows->count].name);
    rows->count++;
}

static void rows_free(struct rows *rows)
{
    for (unsigned i = 0; i < rows->count; i++)
        free(rows->row[i].name);
    free(rows->row);
}

/* False: `error` (SCENARIO_ERROR) says why there is no measurement. */
static bool run(struct rows *rows, const char *name, char *error)
{
    struct bench_row row = {.seconds = 0};
    bool ok = process_run(measure, name, &row, sizeof row, &row.peak_kib);
    if (!ok || row.seconds <= 0) {
        snprintf(error, SCENARIO_ERROR, "%s", ok && row.error[0] ? row.error
                                              : "bench: a measurement ended without a result");
        return false;
    }
    keep(rows, name, &row);
    return true;
}

static bool run_variant(struct rows *rows, const struct scenario *s, unsigned i, char *error)
{
    size_t size = strlen(s->name) + strlen(s->variants[i].name) + 2;
    char *name = malloc(size);
    assert(name);
    snprintf(name, size, "%s:%s", s->name, s->variants[i].name);
    bool ok = run(rows, name, error);
    free(name);
    return ok;
}

static bool run_all_variants(struct rows *rows, const struct scenario *s, char *error)
{
    for (unsigned i = 0; i < s->variants_count; i++)
        if (!run_variant(rows, s, i, error))
            return false;
    return true;
}

static void print_table(const struct rows *rows, double variants_seconds)
{
    printf("%-28s %9s %12s %14s %14s %10s\n", "", "seconds", "executions", "executions/s",
           "points/s", "peak KiB");
    for (unsigned i = 0; i < rows->count; i++) {
        const struct bench_row *r = &rows->row[i];
        printf("%-28s %9.3f %12.0f %14.0f %14.0f %10ld\n", r->name, r->seconds, r->executions,
               r->executions / r->seconds, r->steps / r->seconds, r->peak_kib);
    }
    printf("\nall variants of posted-delivery, one after another: %.1f s\n", variants_seconds);
}

static void print_json(const struct rows *rows, double variants_seconds)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < rows->count; i++) {
        const struct bench_row *r = &rows->row[i];
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
    struct rows rows = {0};
    const struct scenario_variant *variant;
    struct scenario *s = scenario_open("posted-delivery", &variant, error);
    if (!s)
        return false;
    bool ok = run(&rows, "ping-pong", error) && run(&rows, "store-buffering", error);
    unsigned first = rows.count;
    ok = ok && run_all_variants(&rows, s, error);
    scenario_free(s);
    for (unsigned i = first; i < rows.count; i++)
        variants_seconds += rows.row[i].seconds;
    ok = ok && run(&rows, "avic-ring:V0-2", error) && run(&rows, "avic-ring:V0-3", error);
    if (ok && json)
        print_json(&rows, variants_seconds);
    else if (ok)
        print_table(&rows, variants_seconds);
    rows_free(&rows);
    return ok;
}
