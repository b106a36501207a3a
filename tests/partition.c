/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exploration in parts against the exploration in one: on random programs with IPIs, under
 * budgets so small that nearly every execution is a task of its own, the same number of complete
 * executions, the same final states, the same kinds of findings; and the very same result, to the
 * step, for any number of processes and for any number of interruptions.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "sim/parallel.h"
#include "tests/support/random_programs.h"
#include "tests/support/results.h"
#include "tests/support/snippets.h"

enum { STATE_VARIABLES = 3, LIMIT = 20000 };

static struct state_set whole, parts;

/* ---- Random programs: up to three threads, an interrupted one among them ---- */

static const struct access_mix accesses = {.store = 2, .load = 2, .add = 1, .xchg = 1,
                                           .lock_add = 1};

static void random_program(struct random *r, unsigned threads, bool interrupts, struct code *code)
{
    for (unsigned t = 0; t < threads; t++) {
        unsigned reg = 0, length = threads == 2 ? 2 + random_draw(r, 2) : 1 + random_draw(r, 2);
        code_begin(&code[t], 2);
        if (interrupts && t == 0)
            code_sti(&code[t]);
        for (unsigned i = 0; i < length; i++)
            random_access(r, &accesses, &code[t], &reg);
        if (interrupts && t == 1)
            code_send(&code[t], random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH, 0);
        if (interrupts && t == 0)
            code_idle(&code[t]);
        else
            code_end(&code[t]);
    }
}

static struct program *open_program(unsigned threads, bool interrupts)
{
    struct program *p = program_open(threads, 0, MEMORY_TSO);
    struct code add = {.size = 0}, store = {.size = 0}, low = {.size = 0}, high = {.size = 0};
    code_add(&add, 1, 3);
    code_store(&store, 0, 7);
    code_handler(&low, &add);
    code_handler(&high, &store);
    if (interrupts)
        interrupts_enable(p, &low, &high);
    return p;
}

/* ---- An invariant that some programs break: never these two values at once ---- */

static bool pair_holds(void *context, struct machine *m, struct footprint *fp, char *message,
                       size_t size)
{
    const struct program *p = context;
    (void)m, (void)fp; /* of every step: all of them conflict */
    snprintf(message, size, "1 and 2 at once");
    return program_variable(p, 0) != 1 || program_variable(p, 1) != 2;
}

static void watch_pair(struct program *p)
{
    struct invariant inv = {.name = "pair", .context = p, .every_step = true, .range_count = 1,
                            .holds = pair_holds};
    inv.ranges[0] = (struct visible_range){PROGRAM_DATA, 16};
    p->m->invariant_count = 0;
    machine_add_invariant(p->m, &inv);
}

/* Nothing is known to be visible yet: both ways have to find it out. */
static void forget(struct program *p)
{
    visible_reset(&p->m->visibility, NULL, 0);
    if (p->m->invariant_count)
        visible_add(&p->m->visibility, PROGRAM_DATA, 16);
    p->m->observed_core = 0;
}

/* ---- Two ways to explore ---- */

static struct explore_options options_of(enum algorithm a, struct program *p, struct state_set *set)
{
    state_set_begin(set, p, STATE_VARIABLES, 1 << 8 | 1 << 9);
    return (struct explore_options){.algorithm = a, .on_complete = state_set_add, .context = set};
}

static bool run_whole(struct program *p, enum algorithm a, struct explore_result *r)
{
    struct explore_options o = options_of(a, p, &whole);
    o.max_executions = LIMIT;
    forget(p);
    explore(p->m, &o, r);
    return !r->bounds;
}

static void run_parts(struct program *p, enum algorithm a, unsigned jobs, uint64_t budget,
                      struct explore_result *r)
{
    struct explore_options o = options_of(a, p, &parts);
    struct parallel_options how = {.jobs = jobs};
    struct partition partition = {.budget = budget};
    char error[200];
    forget(p);
    partition_begin(&partition, p->m);
    cr_assert(parallel_explore(p->m, &o, &how, &partition, r, error, sizeof error), "%s", error);
    cr_assert(partition_is_done(&partition));
    partition_free(&partition);
}

/* The same in pieces: each call stops after this many executions. */
static unsigned run_interrupted(struct program *p, enum algorithm a, uint64_t budget,
                                uint64_t executions, struct explore_result *r)
{
    struct explore_options o = options_of(a, p, &parts);
    struct parallel_options how = {.jobs = 1};
    struct partition partition = {.budget = budget};
    char error[200];
    unsigned calls = 0;
    o.max_executions = executions;
    forget(p);
    partition_begin(&partition, p->m);
    while (!partition_is_done(&partition)) {
        if (calls++)
            explore_result_free(r);
        forget(p);
        partition_show(&partition, p->m);
        cr_assert(parallel_explore(p->m, &o, &how, &partition, r, error, sizeof error), "%s", error);
        cr_assert_eq(!partition_is_done(&partition), !!(r->bounds & BOUND_EXECUTIONS));
        cr_assert_lt(calls, LIMIT);
    }
    partition_free(&partition);
    return calls;
}

/* ---- Comparing ---- */

static const struct counterexample *find_kind(const struct explore_result *r, const struct finding *f)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (r->finding[i].finding.kind == f->kind && !strcmp(r->finding[i].finding.name, f->name))
            return &r->finding[i];
    return NULL;
}

static void expect_equivalent(const struct explore_result *got, const struct explore_result *want,
                              enum algorithm a, unsigned program, uint64_t budget)
{
    cr_assert_eq(got->complete, want->complete, "program %u, %s, budget %llu: %llu, not %llu",
                 program, algorithm_name[a], (unsigned long long)budget,
                 (unsigned long long)got->complete, (unsigned long long)want->complete);
    cr_assert_eq(got->verdict, want->verdict);
    cr_assert(state_set_equal(&parts, &whole), "program %u, %s, budget %llu: %u states, not %u",
              program, algorithm_name[a], (unsigned long long)budget, parts.count, whole.count);
    cr_assert_eq(got->finding_count, want->finding_count);
    for (unsigned i = 0; i < got->finding_count; i++)
        cr_assert(find_kind(want, &got->finding[i].finding));
}

static void expect_same(struct program *p, const struct explore_result *got,
                        const struct explore_result *want)
{
    const char *what = result_difference(p->m, got, want);
    cr_assert_null(what, "%s", what);
}

static void compare(struct program *p, enum algorithm a, unsigned program)
{
    static const uint64_t budgets[] = {1, 2, 13};
    struct explore_result want, got;
    bool small = run_whole(p, a, &want);
    for (unsigned i = 0; small && i < sizeof budgets / sizeof *budgets; i++) {
        run_parts(p, a, 1, budgets[i], &got);
        expect_equivalent(&got, &want, a, program, budgets[i]);
        explore_result_free(&got);
    }
    explore_result_free(&want);
}

static void compare_programs(unsigned threads, bool interrupts, unsigned count, uint64_t seed)
{
    struct random r = {seed};
    struct code code[3];
    struct program *p = open_program(threads, interrupts);
    random_program(&r, threads, interrupts, code);
    program_start(p, code);
    for (unsigned n = 0; n < count; n++) {
        random_program(&r, threads, interrupts, code);
        cr_assert(program_next(p, code));
        if (n % 2)
            watch_pair(p);
        else
            p->m->invariant_count = 0;
        compare(p, ALGORITHM_OPTIMAL, n);
        compare(p, ALGORITHM_SOURCE, n);
        if (threads == 2 && !interrupts)
            compare(p, ALGORITHM_SLEEP, n);
    }
}

Test(partition, two_threads, .timeout = 300)
{
    compare_programs(2, false, 40, 1);
}

Test(partition, three_threads, .timeout = 300)
{
    compare_programs(3, false, 24, 2);
}

Test(partition, interrupts, .timeout = 300)
{
    compare_programs(2, true, 24, 3);
}

Test(partition, interrupts_and_a_third_thread, .timeout = 300)
{
    compare_programs(3, true, 12, 4);
}

/* ---- The same result, whoever ran what ---- */

/* Large enough to be split often under these budgets, with findings. */
static struct program *open_sample(unsigned n)
{
    struct random r = {300 + n};
    struct code code[3];
    struct program *p = open_program(3, true);
    random_program(&r, 3, true, code);
    program_start(p, code);
    if (n < 5)
        watch_pair(p);
    return p;
}

Test(partition, any_number_of_processes, .timeout = 300)
{
    unsigned findings = 0;
    for (unsigned n = 0; n < 6; n++) {
        struct program *p = open_sample(n);
        struct explore_result one, several;
        uint64_t budget = 1 + 3 * n;
        run_parts(p, ALGORITHM_OPTIMAL, 1, budget, &one);
        findings += one.finding_count;
        for (unsigned jobs = 2; jobs <= 4; jobs++) {
            run_parts(p, ALGORITHM_OPTIMAL, jobs, budget, &several);
            expect_same(p, &several, &one);
            explore_result_free(&several);
        }
        explore_result_free(&one);
    }
    cr_assert_gt(findings, 0);
}

Test(partition, any_number_of_interruptions, .timeout = 300)
{
    for (unsigned n = 0; n < 4; n++) {
        struct program *p = open_sample(n);
        struct explore_result one, pieces;
        run_parts(p, ALGORITHM_OPTIMAL, 1, 8, &one);
        for (unsigned executions = 9; executions < 100; executions += 30) {
            unsigned calls = run_interrupted(p, ALGORITHM_OPTIMAL, 8, executions, &pieces);
            expect_same(p, &pieces, &one);
            cr_assert(calls > 1 || one.complete < executions);
            explore_result_free(&pieces);
        }
        explore_result_free(&one);
    }
}
