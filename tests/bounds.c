/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounds of the preemptions and of the steps of an execution. What has at most N preemptions is
 * counted here without the explorer.
 */
#include <criterion/criterion.h>

#include "tests/support/random_programs.h"
#include "tests/support/snippets.h"

enum { MAX_THREADS = 3 };

static struct state_set reference, bounded;

static struct explore_result within(struct program *p, enum algorithm a, uint64_t preemptions,
                                    struct state_set *set)
{
    struct explore_options o = {.algorithm = a, .bound_preemptions = true,
                                .max_preemptions = preemptions};
    return states_explore(set, p, o);
}

/* ---- Counts: interleavings of threads of so many steps that never wait ---- */

static unsigned interleavings(unsigned *left, unsigned last, unsigned preemptions)
{
    unsigned count = 0, total = 0;
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        unsigned cost = last < MAX_THREADS && last != t && left[last];
        total += left[t];
        if (!left[t] || cost > preemptions)
            continue;
        left[t]--;
        count += interleavings(left, t, preemptions - cost);
        left[t]++;
    }
    return total ? count : 1;
}

static void compare_counts(unsigned a, unsigned b, unsigned c)
{
    struct code code[MAX_THREADS] = {{.size = 0}};
    unsigned left[MAX_THREADS] = {a, b, c};
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        for (unsigned i = 0; i < left[t]; i++)
            code_lock_add(&code[t], 0, 1);
        code_end(&code[t]);
    }
    struct program *p = program_new(MAX_THREADS, code, MEMORY_SC);
    unsigned all = interleavings(left, MAX_THREADS, 100);
    for (unsigned n = 0; n <= a + b + c; n++) {
        struct explore_result r = within(p, ALGORITHM_DFS, n, &bounded);
        unsigned want = interleavings(left, MAX_THREADS, n);
        cr_assert_eq(r.complete, want, "%u, %u, %u steps, %u preemptions: %u, not %u", a, b, c, n,
                     (unsigned)r.complete, want);
        cr_assert_eq(r.bounds, want < all ? BOUND_PREEMPTIONS : 0);
        cr_assert_eq(r.verdict, want < all ? VERDICT_INCOMPLETE : VERDICT_SAFE);
    }
}

Test(bounds, dfs_runs_exactly_the_executions_with_few_preemptions)
{
    compare_counts(3, 2, 2);
    compare_counts(2, 4, 2);
    compare_counts(3, 3, 2);
    compare_counts(2, 2, 2);
}

/* ---- Store buffers act beside the cores ---- */

/* R8 of both cores, behind two variables and followed by R9. */
static bool reached(const struct state_set *set, uint32_t r0, uint32_t r1)
{
    return states_with_both(set, 2, r0, 4, r1);
}

/*
 * Store buffering: each core writes its variable, then reads the other's. Without preemption the
 * core that runs first ends before the other begins: it reads 0, and the other reads what has been
 * drained meanwhile, so 0 or 1. That both read 1 takes one preemption: both stores before both loads.
 */
Test(bounds, drains_are_no_preemptions)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_mov(&code[t], 9, 0);
        code_store(&code[t], t, 1);
        code_load(&code[t], 8, 1 - t);
        code_end(&code[t]);
    }
    struct program *p = program_new(2, code, MEMORY_TSO);
    struct explore_result r = within(p, ALGORITHM_DFS, 0, &bounded);
    cr_assert_eq(r.bounds, BOUND_PREEMPTIONS);
    cr_assert_eq(bounded.count, 3);
    cr_assert(!reached(&bounded, 1, 1));
    within(p, ALGORITHM_DFS, 1, &bounded);
    cr_assert_eq(bounded.count, 4);
    cr_assert(reached(&bounded, 1, 1));
}

/* CPU0: pause loop until v0 is not zero. It waits while CPU1 writes: that is no preemption. */
Test(bounds, a_core_that_waits_is_left_without_preemption)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_wait_until_set(&code[0], 0);
    code_end(&code[0]);
    code_store(&code[1], 0, 1);
    code_end(&code[1]);
    struct program *p = program_new(2, code, MEMORY_SC);
    struct explore_result r = within(p, ALGORITHM_DFS, 0, &bounded);
    /* CPU0 first, it waits, CPU1; or CPU1 first. */
    cr_assert_eq(r.complete, 2, "%u", (unsigned)r.complete);
    cr_assert_eq(r.blocked, 0);
    cr_assert_eq(r.finding_count, 0);
}

/* ---- Reductions under a bound: nothing that dfs does not reach, all of it with a wide one ---- */

Test(bounds, reductions_stay_within_the_bound, .timeout = 120)
{
    struct random random = {1};
    struct code code[2];
    struct program *p = NULL;
    for (unsigned n = 0; n < 150; n++) {
        random_short_thread(&random, &code[0]);
        random_short_thread(&random, &code[1]);
        if (!p)
            p = program_new(2, code, MEMORY_TSO);
        else
            cr_assert(program_next(p, code));
        for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_SLEEP; a++) {
            for (unsigned bound = 0; bound < 3; bound++) {
                within(p, ALGORITHM_DFS, bound, &reference);
                struct explore_result r = within(p, a, bound, &bounded);
                cr_assert(state_set_within(&bounded, &reference), "program %u, %s, bound %u", n,
                          algorithm_name[a], bound);
                cr_assert(r.bounds == BOUND_PREEMPTIONS || bounded.count == reference.count);
            }
            states_explore(&reference, p, (struct explore_options){.algorithm = ALGORITHM_DFS});
            struct explore_result r = within(p, a, 8, &bounded); /* as many as there are steps */
            cr_assert(state_set_equal(&bounded, &reference));
            cr_assert_eq(r.bounds, 0);
            cr_assert_eq(r.verdict, VERDICT_SAFE);
        }
    }
}

/* ---- Steps ---- */

static struct program *four_steps(void)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_lock_add(&code[t], 0, 1);
        code_lock_add(&code[t], 0, 1);
        code_end(&code[t]);
    }
    return program_new(2, code, MEMORY_SC);
}

Test(bounds, executions_cut_off_make_the_verdict_incomplete)
{
    struct program *p = four_steps();
    for (enum algorithm a = 0; a < ALGORITHM_NAMES; a++) {
        bool sample = a >= ALGORITHM_COUNT;
        uint32_t sampled = sample ? BOUND_SAMPLED : 0;
        struct explore_options o = {.algorithm = a, .max_steps = 3};
        struct explore_result r = states_explore(&bounded, p, o);
        cr_assert_eq(r.verdict, VERDICT_INCOMPLETE, "%s", algorithm_name[a]);
        cr_assert_eq(r.bounds, BOUND_STEPS | sampled);
        cr_assert_eq(r.complete, 0);
        cr_assert_gt(r.cut, 0);
        o.max_steps = 4;
        r = states_explore(&bounded, p, o);
        cr_assert_eq(r.bounds, sampled, "%s", algorithm_name[a]);
        cr_assert_eq(r.cut, 0);
        cr_assert_eq(r.verdict, sample ? VERDICT_INCOMPLETE : VERDICT_SAFE);
    }
}

/* Executions that are cut off count: the other bounds hold beside this one. */
Test(bounds, executions_cut_off_are_executions)
{
    struct explore_options o = {.algorithm = ALGORITHM_DFS, .max_steps = 2, .max_executions = 3};
    struct explore_result r = states_explore(&bounded, four_steps(), o);
    cr_assert_eq(r.bounds, BOUND_STEPS | BOUND_EXECUTIONS);
    cr_assert_eq(r.cut, 3);
}
