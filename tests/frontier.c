/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frontier files: an exploration that goes on from one ends with the very result of one that was
 * never interrupted; what is not a frontier file, or not one of this machine, is refused with a line.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/frontier.h"
#include "sim/parallel.h"
#include "tests/support/files.h"
#include "tests/support/results.h"
#include "tests/support/sessions.h"

enum { BUDGET = 40, MUTANTS = 400 };

static char path[FILE_PATH];
static char error[SCENARIO_ERROR];

static void make_file(void)
{
    file_make(path);
}

static void remove_file(void)
{
    unlink(path);
}

TestSuite(frontier, .init = make_file, .fini = remove_file);

static void explore_more(struct session *s, struct partition *p, unsigned jobs, uint64_t executions,
                         struct explore_result *r)
{
    struct explore_options o = {.max_executions = executions};
    struct parallel_options how = {.jobs = jobs};
    cr_assert(parallel_explore(s->m, &o, &how, p, r, error, sizeof error), "%s", error);
}

static void write_partition(const struct session *s, const struct partition *p)
{
    struct frontier f = {
        .setup = {.scenario = s->scenario->name, .variant = s->variant->name,
                  .image_hash = s->image.hash, .model = s->m->model, .knobs = s->knobs},
        .program = (char *)"1.2.3",
        .max_steps = 5000,
        .partition = *p,
    };
    cr_assert(frontier_write(&f, s->m, path, error, sizeof error), "%s", error);
}

/* Stops after so many executions and goes on from the file, again and again. */
static void explore_by_file(struct session *s, uint64_t executions, struct explore_result *r)
{
    struct partition p = {.budget = BUDGET};
    session_configure(s, MEMORY_TSO, NULL);
    partition_begin(&p, s->m);
    for (unsigned n = 0;; n++) {
        explore_more(s, &p, 1 + n % 2, executions, r);
        if (partition_is_done(&p))
            break;
        struct frontier f;
        explore_result_free(r);
        write_partition(s, &p);
        partition_free(&p);
        cr_assert(frontier_read(&f, path, error, sizeof error), "%s", error);
        session_configure(s, f.setup.model, &f.setup.knobs);
        cr_assert(frontier_fit(&f, s->m, error, sizeof error), "%s", error);
        p = f.partition;
        f.partition = (struct partition){0};
        frontier_free(&f);
    }
    partition_free(&p);
}

static void compare(const char *variant)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, variant);
    struct partition p = {.budget = BUDGET};
    struct explore_result whole, one, resumed;
    struct explore_options o = {.algorithm = ALGORITHM_OPTIMAL};
    session_explore(s, &o, &whole);
    session_configure(s, MEMORY_TSO, NULL);
    partition_begin(&p, s->m);
    explore_more(s, &p, 1, 0, &one);
    partition_free(&p);
    cr_assert_eq(one.complete, whole.complete, "%s: %llu, not %llu", variant,
                 (unsigned long long)one.complete, (unsigned long long)whole.complete);
    cr_assert_eq(one.verdict, whole.verdict);
    cr_assert_eq(one.finding_count, whole.finding_count);
    for (uint64_t executions = 41; executions < 200; executions += 70) {
        explore_by_file(s, executions, &resumed);
        const char *what = result_difference(s->m, &resumed, &one);
        cr_assert_null(what, "%s: %s", variant, what);
        explore_result_free(&resumed);
    }
    explore_result_free(&one);
    explore_result_free(&whole);
}

Test(frontier, goes_on_to_the_same_totals, .timeout = 300)
{
    compare("V0b-cpu");
}

Test(frontier, goes_on_to_the_same_totals_with_two_devices, .timeout = 300)
{
    compare("V5-device2");
}

Test(frontier, goes_on_to_the_same_totals_where_it_is_safe, .timeout = 300)
{
    compare("V3-device2");
}

/* ---- What is refused ---- */

static char text[1 << 20];
static size_t length;

static struct session *leave_sample(void)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, "V1-cpu");
    struct partition p = {.budget = BUDGET};
    struct explore_result r;
    partition_begin(&p, s->m);
    explore_more(s, &p, 1, BUDGET + 1, &r);
    cr_assert(!partition_is_done(&p));
    write_partition(s, &p);
    partition_free(&p);
    explore_result_free(&r);
    length = file_read(path, text, sizeof text);
    return s;
}

static bool reads(struct frontier *f)
{
    error[0] = 0;
    bool ok = frontier_read(f, path, error, sizeof error);
    cr_assert_eq(!ok, !!error[0]);
    cr_assert_null(strchr(error, '\n'));
    return ok;
}

/* The text with the first `from` replaced. */
static void replace(const char *from, const char *to)
{
    static char changed[1 << 20];
    const char *at = strstr(text, from);
    cr_assert(at, "no %s", from);
    int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to,
                     at + strlen(from));
    file_write(path, changed, (size_t)n);
}

Test(frontier, malformed_files_are_refused)
{
    static const struct {
        const char *from, *to, *says;
    } cases[] = {
        {"irqweave-frontier", "irqweave-recording", "not a frontier"},
        {"\"version\": 1", "\"version\": 2", "'version' is 2; this program reads 1"},
        {"\"version\": 1", "\"version\": \"1\"", "'version' is missing or is not a number"},
        {"\"program\": \"1.2.3\"", "\"program\": 123", "'program'"},
        {"\"memory\": \"tso\"", "\"memory\": \"pso\"", "'tso' or 'sc'"},
        {"\"algorithm\": \"optimal\"", "\"algorithm\": \"best\"", "'algorithm'"},
        {"\"budget\": 40", "\"budget\": 0", "'budget' is 0"},
        {"\"budget\": 40", "\"budget\": -1", "'budget'"},
        {"\"complete\": ", "\"complete\": \"x\", \"c\": ", "'complete'"},
        {"\"nodes\": [", "\"nodes\": [1,", "'nodes', entry 1"},
        {"\"tasks\": [", "\"tasks\": [[]],\"t\": [", "'tasks', entry 1"},
        {"\"tasks\": [", "\"tasks\": [],\"t\": [", "'tasks' is missing"},
        {"\"findings\": [", "\"findings\": 1,\"f\": [", "'findings' is missing"},
        {"\"kind\": \"", "\"kind\": \"un", "unknown kind"},
    };
    struct frontier f;
    leave_sample();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        replace(cases[i].from, cases[i].to);
        cr_assert(!reads(&f), "%s was read", cases[i].to);
        cr_assert(strstr(error, cases[i].says), "%s: %s", cases[i].to, error);
    }
    for (size_t cut = 0; cut + 2 < length; cut += length / 50 + 1) {
        file_write(path, text, cut);
        cr_assert(!reads(&f), "%zu bytes of %zu were read", cut, length);
    }
}

/* One byte is another: refused, or explored to an end without harm. */
Test(frontier, mutants_do_no_harm, .timeout = 300)
{
    struct session *s = leave_sample();
    unsigned accepted = 0;
    srand(1);
    for (unsigned n = 0; n < MUTANTS; n++) {
        struct frontier f;
        size_t at = (size_t)rand() % length;
        char was = text[at];
        text[at] = "0123456789abcdef,[]\""[rand() % 20];
        file_write(path, text, length);
        text[at] = was;
        if (!reads(&f))
            continue;
        session_configure(s, f.setup.model, &f.setup.knobs);
        if (frontier_fit(&f, s->m, error, sizeof error)) {
            struct explore_options o = {.algorithm = f.algorithm, .max_executions = 60};
            struct parallel_options how = {.jobs = 1};
            struct explore_result r;
            accepted++;
            parallel_explore(s->m, &o, &how, &f.partition, &r, error, sizeof error);
            explore_result_free(&r);
        }
        frontier_free(&f);
    }
    cr_assert_gt(accepted, 20);
}

/* The steps of another variant's tasks cannot all be made here. */
Test(frontier, of_another_machine_is_noticed)
{
    struct frontier f;
    struct explore_options o = {0};
    struct parallel_options how = {.jobs = 1};
    struct explore_result r;
    leave_sample();
    cr_assert(reads(&f), "%s", error);
    struct session *other = session_of(IRQWEAVE_IMAGES_DIR, "V2-device");
    session_configure(other, f.setup.model, &f.setup.knobs);
    if (frontier_fit(&f, other->m, error, sizeof error)) {
        cr_assert(!parallel_explore(other->m, &o, &how, &f.partition, &r, error, sizeof error));
        cr_assert(f.partition.misfit);
        cr_assert(!partition_is_done(&f.partition));
    }
    cr_assert(error[0]);
}
