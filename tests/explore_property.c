/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reduced exploration against plain DFS on random programs: the same final states, and the same
 * violations of invariants that are evaluated at every step, over several variables.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/effort.h"
#include "tests/support/random_programs.h"

enum { VARIABLES = RANDOM_VARIABLES, MAX_THREADS = RANDOM_THREADS, DFS_LIMIT = 40000 };

/* ---- Invariants: never these two values at once ---- */

struct pair {
    struct program *p;
    unsigned variable[2];
    uint32_t value[2];
};

static bool pair_holds(void *context, struct machine *m, struct footprint *fp, char *message,
                       size_t size)
{
    const struct pair *pair = context;
    (void)m;
    (void)fp; /* of every step: all of them conflict */
    snprintf(message, size, "both values at once");
    return program_variable(pair->p, pair->variable[0]) != pair->value[0] ||
           program_variable(pair->p, pair->variable[1]) != pair->value[1];
}

static void random_invariants(struct random *r, struct program *p, struct pair *pairs,
                              unsigned count)
{
    static const char *const names[] = {"pair-0", "pair-1", "pair-2", "pair-3"};
    p->m->invariant_count = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned first = random_draw(r, VARIABLES);
        unsigned second = (first + 1 + random_draw(r, VARIABLES - 1)) % VARIABLES;
        pairs[i] = (struct pair){p, {first, second}, {random_draw(r, 4), 1 + random_draw(r, 4)}};
        struct invariant inv = {.name = names[i], .context = &pairs[i], .every_step = true,
                                .range_count = 2, .holds = pair_holds};
        inv.ranges[0] = (struct visible_range){PROGRAM_DATA + 8 * first, 4};
        inv.ranges[1] = (struct visible_range){PROGRAM_DATA + 8 * second, 4};
        machine_add_invariant(p->m, &inv);
        visible_add(&p->m->visibility, PROGRAM_DATA + 8 * first, 4);
        visible_add(&p->m->visibility, PROGRAM_DATA + 8 * second, 4);
    }
}

static struct state_set reference, reduced;

static bool run(struct program *p, enum algorithm a, struct state_set *set,
                struct explore_result *r)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = DFS_LIMIT};
    state_set_begin(set, p, VARIABLES, 0xf00);
    explore(p->m, &o, r);
    return !r->bounds;
}

/*
 * Every algorithm but plain DFS against plain DFS: the same states, the same violations. With sleep
 * sets, each class of equivalent schedules is completed exactly once, so that all of them complete
 * the same number of executions.
 */
static bool agrees_with_dfs(struct program *p, const char *what, unsigned n)
{
    struct explore_result want, got;
    uint64_t complete = 0;
    if (!run(p, ALGORITHM_DFS, &reference, &want)) {
        explore_result_free(&want);
        return false;
    }
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
        if (a == ALGORITHM_DFS)
            continue;
        run(p, a, &reduced, &got);
        cr_assert_eq(got.bounds, 0);
        cr_assert_eq(findings_mask(&got), findings_mask(&want),
                     "%s, program %u, %s: violations %x, not %x", what, n, algorithm_name[a],
                     findings_mask(&got), findings_mask(&want));
        cr_assert(state_set_equal(&reduced, &reference), "%s, program %u, %s: %u states, not %u",
                  what, n, algorithm_name[a], reduced.count, reference.count);
        cr_assert_leq(got.complete, want.complete);
        cr_assert(!complete || got.complete == complete, "%s, program %u, %s: %llu executions, "
                  "another algorithm has %llu", what, n, algorithm_name[a],
                  (unsigned long long)got.complete, (unsigned long long)complete);
        complete = got.complete;
        explore_result_free(&got);
    }
    explore_result_free(&want);
    return true;
}

static unsigned compare(unsigned threads, unsigned programs, unsigned invariants, uint64_t seed)
{
    struct random r = {seed};
    struct program *p = NULL;
    struct pair pairs[4];
    unsigned compared = 0;
    char what[32];
    snprintf(what, sizeof what, "seed %llu", (unsigned long long)seed);
    for (unsigned n = 0; n < programs; n++) {
        struct code code[MAX_THREADS];
        random_threads(&r, threads, code);
        if (!p)
            p = program_new(threads, code, random_draw(&r, 4) ? MEMORY_TSO : MEMORY_SC);
        else if (!program_next(p, code))
            break;
        random_invariants(&r, p, pairs, invariants);
        compared += agrees_with_dfs(p, what, n);
    }
    return compared;
}

Test(explore, two_threads_reach_the_states_of_dfs, .timeout = 300)
{
    for (uint64_t seed = 1; seed < 1 + effort(4); seed++)
        cr_assert_gt(compare(2, 150, 0, seed), 75);
}

Test(explore, three_threads_reach_the_states_of_dfs, .timeout = 300)
{
    for (uint64_t seed = 10; seed < 10 + effort(4); seed++)
        cr_assert_gt(compare(3, 60, 0, seed), 20);
}

Test(explore, invariants_at_every_step_break_as_in_dfs, .timeout = 300)
{
    for (uint64_t seed = 20; seed < 20 + effort(4); seed++)
        cr_assert_gt(compare(2, 150, 3, seed), 75);
}

Test(explore, invariants_break_as_in_dfs_with_three_threads, .timeout = 300)
{
    for (uint64_t seed = 30; seed < 30 + effort(3); seed++)
        cr_assert_gt(compare(3, 60, 3, seed), 20);
}

/* Stores that overlap loads and each other in part, within a quadword and across two. */
Test(explore, overlapping_accesses_reach_the_states_of_dfs, .timeout = 300)
{
    struct random r = {35};
    struct code code[2];
    unsigned compared = 0;
    random_overlaps(&r, code);
    struct program *p = program_new(2, code, MEMORY_TSO);
    for (unsigned n = 0; n < 150; n++) {
        compared += agrees_with_dfs(p, "overlaps", n);
        random_overlaps(&r, code);
        cr_assert(program_next(p, code));
    }
    cr_assert_gt(compared, 100, "only %u", compared);
}

/* ---- How many executions there are, by reasoning ---- */

static void complete_executions(unsigned threads, const struct code *code, enum memory_model model,
                                uint64_t want)
{
    struct program *p = program_new(threads, code, model);
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
        struct explore_options o = {.algorithm = a};
        struct explore_result r;
        if (a == ALGORITHM_DFS)
            continue;
        explore(p->m, &o, &r);
        cr_expect_eq(r.complete, want, "%s: %llu executions, not %llu", algorithm_name[a],
                     (unsigned long long)r.complete, (unsigned long long)want);
        explore_result_free(&r);
    }
}

/* Store buffering in a ring: each of N loads comes before or behind the store that it looks for,
 * freely under TSO: 2^N. Under SC not all of them before: that would be a cycle. */
Test(explore, executions_of_store_buffering, .timeout = 60)
{
    struct code code[4];
    for (unsigned n = 2; n <= 4; n++) {
        for (unsigned t = 0; t < n; t++) {
            code[t].size = 0;
            code_store(&code[t], t, 1);
            code_load(&code[t], 8, (t + 1) % n);
            code_end(&code[t]);
        }
        complete_executions(n, code, MEMORY_TSO, 1u << n);
        complete_executions(n, code, MEMORY_SC, (1u << n) - 1);
    }
}

/* One writer, N readers, each before or behind the write: 2^N. N locked additions: N! orders. */
Test(explore, executions_of_readers_and_of_additions, .timeout = 60)
{
    struct code code[5];
    for (unsigned t = 0; t < 5; t++) {
        code[t].size = 0;
        if (t)
            code_load(&code[t], 8, 0);
        else
            code_store(&code[t], 0, 1);
        code_end(&code[t]);
    }
    complete_executions(5, code, MEMORY_TSO, 16);
    for (unsigned t = 0; t < 4; t++) {
        code[t].size = 0;
        code_lock_add(&code[t], 0, 1);
        code_end(&code[t]);
    }
    complete_executions(4, code, MEMORY_TSO, 24);
}

/* ---- Minimisation: as few switches as any schedule of plain DFS needs ---- */

static const struct counterexample *by_name(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->finding[i].finding.name, name))
            return &r->finding[i];
    return NULL;
}

/* Compares with the schedule that DFS, left raw, keeps as its best; returns how many. */
static unsigned compare_switches(struct program *p)
{
    struct explore_options all = {.algorithm = ALGORITHM_DFS, .raw = true,
                                  .max_executions = DFS_LIMIT};
    struct explore_options reduced_options = {.algorithm = ALGORITHM_SOURCE};
    struct explore_result want, got;
    unsigned compared = 0;
    explore(p->m, &all, &want);
    explore(p->m, &reduced_options, &got);
    for (unsigned i = 0; i < got.finding_count && !want.bounds; i++) {
        const struct counterexample *c = &got.finding[i];
        const struct counterexample *best = by_name(&want, c->finding.name);
        struct trace t = {0};
        char error[200];
        cr_assert(best);
        cr_assert_eq(schedule_switches(&c->schedule), schedule_switches(&best->schedule));
        cr_assert(schedule_replay(p->m, &c->schedule, &t, error, sizeof error), "%s", error);
        cr_assert(t.finding_count > 0);
        trace_free(&t);
        compared++;
    }
    explore_result_free(&want);
    explore_result_free(&got);
    return compared;
}

Test(explore, minimised_schedules_have_the_fewest_switches, .timeout = 300)
{
    struct random r = {40};
    struct code code[MAX_THREADS];
    struct pair pairs[4];
    unsigned compared = 0;
    random_threads(&r, 2, code);
    struct program *p = program_new(2, code, MEMORY_TSO);
    for (unsigned n = 0; n < 500; n++) {
        random_threads(&r, 2, code);
        cr_assert(program_next(p, code));
        random_invariants(&r, p, pairs, 3);
        compared += compare_switches(p);
    }
    cr_assert_gt(compared, 50, "only %u findings", compared);
}

/* ---- The comparison can fail: a core that hides its loads from the explorer is caught ---- */

static const struct core_ops *honest;

static void hide_loads(void *cpu, unsigned core, struct footprint *fp)
{
    struct footprint all = {0};
    honest->next(cpu, core, &all);
    fp->events = all.events;
    for (uint32_t i = 0; i < all.count; i++)
        if (resource_kind(all.access[i].resource) != RES_MEMORY)
            footprint_add_access(fp, all.access[i]);
}

Test(explore, hidden_accesses_lose_states)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_result r;
    for (unsigned t = 0; t < 2; t++) {
        code_store(&code[t], t, 1);
        code_load(&code[t], 8, 1 - t);
        code_end(&code[t]);
    }
    struct program *p = program_new(2, code, MEMORY_TSO);
    run(p, ALGORITHM_SOURCE, &reference, &r);
    cr_assert_eq(reference.count, 4);
    honest = p->m->core_ops;
    struct core_ops dishonest = *honest;
    dishonest.next = hide_loads;
    p->m->core_ops = &dishonest;
    run(p, ALGORITHM_SOURCE, &reduced, &r);
    cr_assert_lt(reduced.count, 4);
    run(p, ALGORITHM_DFS, &reduced, &r);
    cr_assert_eq(reduced.count, 4, "dfs does not look at footprints");
}

/* ---- A minimised schedule is kept only if it still shows the finding ---- */

static bool not_both_new(void *context, struct machine *m, char *message, size_t size)
{
    struct program *p = context;
    (void)m;
    snprintf(message, size, "both have read the new value");
    return program_register(p, 0, 8) == 0 || program_register(p, 1, 8) == 0;
}

/* CPU0 writes v0, then reads v1; CPU1 reads v0, then writes v1. That both read the new value takes
 * four switches: CPU0, its drain, CPU1, its drain, CPU0. */
static void explore_reads(bool hidden, bool raw)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    struct explore_options o = {.algorithm = ALGORITHM_DFS, .raw = raw};
    struct explore_result r;
    code_store(&code[0], 0, 1);
    code_load(&code[0], 8, 1);
    code_load(&code[1], 8, 0);
    code_store(&code[1], 1, 1);
    code_end(&code[0]);
    code_end(&code[1]);
    struct program *p = program_new(2, code, MEMORY_TSO);
    struct core_ops dishonest = *p->m->core_ops;
    honest = p->m->core_ops;
    dishonest.next = hide_loads;
    if (hidden)
        p->m->core_ops = &dishonest;
    machine_add_obligation(p->m, &(struct obligation){"not-both", p, not_both_new});
    explore(p->m, &o, &r);
    cr_assert_eq(r.finding_count, 1);
    struct trace t = {0};
    char error[200];
    cr_assert(schedule_replay(p->m, &r.finding[0].schedule, &t, error, sizeof error), "%s", error);
    cr_assert_eq(t.finding_count, 1, "%s: the schedule kept does not show the finding",
                 hidden ? "hidden" : "honest");
    cr_assert_eq(t.finding[0].kind, FINDING_OBLIGATION);
    trace_free(&t);
    cr_assert_geq(schedule_switches(&r.finding[0].schedule), 4);
    explore_result_free(&r);
}

/* Where loads are hidden, the minimiser takes them for independent of the stores and lets each core
 * run to its end: fewer switches, and the old values. That must not replace what was found. */
Test(explore, minimised_schedules_are_verified_by_running_them)
{
    explore_reads(false, false);
    explore_reads(false, true);
    explore_reads(true, false);
}
