/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number of inequivalent executions of the benchmark programs, against what GenMC 0.10.3 and
 * Nidhugg report under TSO and SC for the same programs (docs/benchmarks.md). The two of them do it by
 * different methods and agree, and the smaller counts can be derived by hand.
 */
#include <criterion/criterion.h>

#include "bench/family.h"

static struct instance_result explore_named(const char *name, enum memory_model model,
                                            enum algorithm algorithm)
{
    struct instance in;
    struct instance_result r;
    char error[300] = "";
    cr_assert(instance_find(name, &in, error, sizeof error), "%s", error);
    instance_explore(&in, model, algorithm, &r);
    return r;
}

static void expect(const char *name, enum memory_model model, enum algorithm algorithm,
                   uint64_t complete)
{
    struct instance_result r = explore_named(name, model, algorithm);
    cr_expect_eq(r.complete - r.redundant, complete, "%s, %s: %llu complete, %llu redundant, not %llu",
                 name, algorithm_name[algorithm], (unsigned long long)r.complete,
                 (unsigned long long)r.redundant, (unsigned long long)complete);
    cr_expect_eq(r.verdict, VERDICT_SAFE, "%s: %s", name, r.finding);
}

/* Plain DFS counts schedules, not classes of them. */
static void expect_reduced(const char *name, enum memory_model model, uint64_t complete)
{
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++)
        if (a != ALGORITHM_DFS)
            expect(name, model, a, complete);
}

/* Sleep sets alone abandon so many executions of these that only the others are asked. */
static void expect_without_sleep(const char *name, uint64_t complete)
{
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++)
        if (a != ALGORITHM_DFS && a != ALGORITHM_SLEEP)
            expect(name, MEMORY_TSO, a, complete);
}

/* Each load reads 0 or 1, independently; without store buffers one of the stores comes first, and
 * not all loads can read 0. */
Test(oracle_counts, store_buffering)
{
    expect_reduced("sbn-2", MEMORY_TSO, 4);
    expect_reduced("sbn-2", MEMORY_SC, 3);
    expect_reduced("sbn-4", MEMORY_TSO, 16);
    expect_reduced("sbn-4", MEMORY_SC, 15);
    expect_without_sleep("sbn-6", 64);
    expect("sbn-6", MEMORY_SC, ALGORITHM_SOURCE, 63);
}

Test(oracle_counts, lastzero)
{
    expect_without_sleep("lastzero-8", 704);
}

Test(oracle_counts, mutual_exclusion)
{
    expect_reduced("peterson", MEMORY_TSO, 2420);
    expect_reduced("dekker", MEMORY_TSO, 1599);
    expect_reduced("petf-2", MEMORY_TSO, 48);
    expect_reduced("petf-3", MEMORY_TSO, 588);
}

/* Each reader reads the old value or the new one. */
Test(oracle_counts, readers)
{
    expect_reduced("readers-6", MEMORY_TSO, 64);
    expect_without_sleep("readers-10", 1024);
}

/* Threads 0 and 11 meet at three slots of the table, and so do 1 and 12. */
Test(oracle_counts, indexer)
{
    expect_without_sleep("indexer-11", 1);
    expect_without_sleep("indexer-12", 8);
    expect_without_sleep("indexer-13", 64);
}

/* A reader that completes has seen all of one of the W + 1 states. */
Test(oracle_counts, sequence_lock)
{
    expect_reduced("seql-1-2", MEMORY_TSO, 3);
    expect_reduced("seql-2-1", MEMORY_TSO, 4);
    expect_reduced("seql-2-2", MEMORY_TSO, 9);
    expect_without_sleep("seql-3-1", 8);
}

/* Without its fence, and only under TSO, Peterson's lock lets both threads in. */
Test(oracle_counts, missing_fence_is_found)
{
    struct instance in;
    struct instance_result r;
    char error[300];
    cr_assert(instance_find("petf-1", &in, error, sizeof error));
    in.flags = 1;
    instance_explore(&in, MEMORY_TSO, ALGORITHM_SOURCE, &r);
    cr_expect_eq(r.verdict, VERDICT_VIOLATION);
    cr_expect(strstr(r.finding, "BUG"), "%s", r.finding);
    instance_explore(&in, MEMORY_SC, ALGORITHM_SOURCE, &r);
    cr_expect_eq(r.verdict, VERDICT_SAFE, "%s", r.finding);
}

/* As many cores as there are agents for, two a core: store buffering between the first and the last. */
Test(oracle_counts, thirty_two_cores)
{
    static struct code code[32];
    struct explore_options o = {.algorithm = ALGORITHM_SOURCE};
    struct explore_result r;
    for (unsigned t = 0; t < 32; t++) {
        code[t].size = 0;
        if (t == 0 || t == 31) {
            code_store(&code[t], t, 1);
            code_load(&code[t], 8, 31 - t);
        }
        code_end(&code[t]);
    }
    struct program *p = program_new(32, code, MEMORY_TSO);
    cr_assert_eq(p->m->agents, 64);
    explore(p->m, &o, &r);
    cr_expect_eq(r.complete - r.redundant, 4);
    explore_result_free(&r);
    program_free(p);
}

Test(oracle_counts, names)
{
    static const char *const wrong[] = {"", "sbn", "sbn-", "sbn-1", "sbn-33", "sbn-4-4", "sbn-4x",
                                        "sbn--4", "peterson-2", "petf-0", "seql-3", "nothing-3"};
    struct instance in;
    char error[300];
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect(!instance_find(wrong[i], &in, error, sizeof error), "'%s'", wrong[i]);
    cr_assert(instance_find("seql-3-2", &in, error, sizeof error));
    cr_expect_eq(in.parameter[0], 3);
    cr_expect_eq(in.parameter[1], 2);
    cr_expect_eq(instance_oracle(&in, MEMORY_TSO), 27);
}
