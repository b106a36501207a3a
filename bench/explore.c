/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/explore.h"

#include <jansson.h>
#include <stdio.h>

#include "bench/messages.h"
#include "bench/process.h"

enum { MAX_ROWS = 20, FIRST_THREADS = 2, LAST_THREADS = 18, LAST_LENGTH = 5 };

static const char *const published[] = {
    "sbn-14", "sbn-16", "lastzero-12", "peterson", "dekker", "petf-4",
    "readers-14", "indexer-14", "ttas-3", "seql-3-2"};

enum { PUBLISHED = sizeof published / sizeof *published };

struct row {
    char name[FAMILY_NAME];
    bool measured;
    uint64_t oracle; /* 0: there is none */
    long peak_kib;
    struct instance_result result;
};

struct table {
    const char *title, *key; /* key: in JSON */
    unsigned count;
    struct row row[MAX_ROWS];
};

/* ---- Measuring ---- */

struct task {
    struct instance instance;
    unsigned messages; /* instead of the instance if not 0 */
    enum algorithm algorithm;
};

static void work(const void *task, void *result)
{
    const struct task *t = task;
    if (t->messages)
        messages_explore(t->messages, t->algorithm, result);
    else
        instance_explore(&t->instance, MEMORY_TSO, t->algorithm, result);
}

static struct row *measure(struct table *table, const char *name, const struct task *task)
{
    assert(table->count < MAX_ROWS);
    struct row *row = &table->row[table->count++];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->measured = process_run(work, task, &row->result, sizeof row->result, &row->peak_kib);
    return row;
}

static void measure_instance(struct table *table, const char *name, enum algorithm algorithm)
{
    struct task task = {.algorithm = algorithm};
    char error[200];
    bool known = instance_find(name, &task.instance, error, sizeof error);
    assert(known); /* whoever takes names from users has looked */
    (void)known;
    measure(table, name, &task)->oracle = instance_oracle(&task.instance, MEMORY_TSO);
}

static void measure_published(struct table *table, const struct bench_explore *b)
{
    table->title = "";
    table->key = "programs";
    if (b->only)
        measure_instance(table, b->only, b->algorithm);
    for (unsigned i = 0; !b->only && i < PUBLISHED; i++)
        measure_instance(table, published[i], b->algorithm);
}

static void measure_family(struct table *table, const char *family, unsigned from, unsigned to,
                           enum algorithm algorithm)
{
    for (unsigned i = from; i <= to; i++) {
        char name[FAMILY_NAME];
        snprintf(name, sizeof name, "%s-%u", family, i);
        measure_instance(table, name, algorithm);
    }
}

static void measure_messages(struct table *table, enum algorithm algorithm)
{
    for (unsigned i = 1; i <= MESSAGES_MAX; i++) {
        char name[FAMILY_NAME];
        struct task task = {.messages = i, .algorithm = algorithm};
        snprintf(name, sizeof name, "messages-%u", i);
        measure(table, name, &task);
    }
}

/* ---- Judging and printing ---- */

static bool as_oracle(const struct row *row)
{
    return !row->oracle || row->result.complete - row->result.redundant == row->oracle;
}

static const char *judgement(const struct row *row)
{
    if (!row->measured)
        return "ended without a result";
    if (row->result.finding[0])
        return row->result.finding;
    if (row->result.verdict != VERDICT_SAFE)
        return "a bound was hit";
    return as_oracle(row) ? row->oracle ? "equal" : "" : "DIFFERS";
}

static bool is_good(const struct row *row)
{
    return row->measured && row->result.verdict == VERDICT_SAFE && as_oracle(row);
}

static double rate(const struct instance_result *r)
{
    return r->seconds > 0 ? (double)r->complete / r->seconds : 0;
}

static void print_row(const struct row *row)
{
    const struct instance_result *r = &row->result;
    char oracle[24] = "-";
    if (row->oracle)
        snprintf(oracle, sizeof oracle, "%llu", (unsigned long long)row->oracle);
    printf("%-14s %10llu %10llu %10llu %10llu %9.3f %12.0f %9.1f %9.1f %10s  %s\n", row->name,
           (unsigned long long)r->complete, (unsigned long long)r->stopped,
           (unsigned long long)r->blocked, (unsigned long long)r->redundant, r->seconds, rate(r),
           r->complete ? (double)r->steps / (double)r->complete : 0,
           (double)row->peak_kib / 1024, oracle, judgement(row));
}

static void print_table(const struct table *t)
{
    if (t->title[0])
        printf("%s\n\n", t->title);
    printf("%-14s %10s %10s %10s %10s %9s %12s %9s %9s %10s\n", "program", "complete", "stopped",
           "blocked", "redundant", "seconds", "executions/s", "steps/ex.", "peak MiB", "oracle");
    for (unsigned i = 0; i < t->count; i++)
        print_row(&t->row[i]);
}

static json_t *row_to_json(const struct row *row)
{
    const struct instance_result *r = &row->result;
    json_t *o = json_pack("{s:s, s:b, s:b}", "name", row->name, "measured", row->measured, "good",
                          is_good(row));
    if (!row->measured)
        return o;
    json_t *more = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:I}", "verdict", verdict_name(r->verdict),
        "complete", (json_int_t)r->complete, "stopped", (json_int_t)r->stopped, "blocked",
        (json_int_t)r->blocked, "redundant", (json_int_t)r->redundant, "steps", (json_int_t)r->steps, "seconds", r->seconds,
        "executions_per_second", rate(r), "peak_kib", (json_int_t)row->peak_kib);
    json_object_update(o, more);
    json_decref(more);
    if (row->oracle)
        json_object_set_new(o, "oracle", json_integer((json_int_t)row->oracle));
    if (r->finding[0])
        json_object_set_new(o, "finding", json_string(r->finding));
    return o;
}

static void print_json(const struct table *tables, unsigned count, enum algorithm algorithm)
{
    json_t *all = json_pack("{s:i, s:s}", "version", 1, "algorithm", algorithm_name[algorithm]);
    for (unsigned i = 0; i < count; i++) {
        json_t *list = json_array();
        for (unsigned k = 0; k < tables[i].count; k++)
            json_array_append_new(list, row_to_json(&tables[i].row[k]));
        json_object_set_new(all, tables[i].key, list);
    }
    json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    putchar('\n');
    json_decref(all);
}

static void measure_growth(struct table table[3], enum algorithm algorithm)
{
    table[0].title = "Threads: store buffering in a ring";
    table[0].key = "threads";
    measure_family(&table[0], "sbn", FIRST_THREADS, LAST_THREADS, algorithm);
    table[1].title = "\nLength: rounds of Peterson's lock";
    table[1].key = "length";
    measure_family(&table[1], "petf", 1, LAST_LENGTH, algorithm);
    table[2].title = "\nMessages: interrupts sent to one CPU";
    table[2].key = "messages";
    measure_messages(&table[2], algorithm);
}

bool bench_explore(const struct bench_explore *b)
{
    static struct table table[3];
    bool good = true;
    unsigned count = b->growth ? 3 : 1;
    if (b->growth)
        measure_growth(table, b->algorithm);
    else
        measure_published(&table[0], b);
    if (b->json)
        print_json(table, count, b->algorithm);
    for (unsigned i = 0; i < count; i++) {
        if (!b->json)
            print_table(&table[i]);
        for (unsigned k = 0; k < table[i].count; k++)
            good &= is_good(&table[i].row[k]);
    }
    return good;
}
