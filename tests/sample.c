/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sampling: what it draws, how often, and what it says about it. Probabilities are computed by hand
 * from the definition of each scheduler, beside the test.
 */
#include <criterion/criterion.h>

#include "sim/draw.h"
#include "sim/random.h"
#include "sim/sample.h"
#include "tests/support/effort.h"
#include "tests/support/random_programs.h"
#include "tests/support/results.h"
#include "tests/support/sessions.h"
#include "tests/support/snippets.h"

enum { MAX_RUNS = 4096 };

static struct state_set reference, sampled;

static unsigned found_times(const struct explore_result *r, const char *name)
{
    for (unsigned i = 0; i < r->finding_count; i++)
        if (!strcmp(r->finding[i].finding.name, name))
            return (unsigned)r->finding[i].seen;
    return 0;
}

/* ---- The distributions ---- */

struct tally {
    struct program *p;
    unsigned hits;
};

static void count_torn_reads(void *context, struct machine *m)
{
    struct tally *t = context;
    (void)m;
    t->hits += program_register(t->p, 0, 8) == 0 && program_register(t->p, 0, 9) == 1;
}

/* CPU0 reads v0 twice, CPU1 writes it: how many of 6,000 executions see the old value, then the new?
 * Under SC there are two agents and three steps. */
static unsigned torn_reads(enum algorithm algorithm, unsigned depth, struct explore_result *r)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_load(&code[0], 8, 0);
    code_load(&code[0], 9, 0);
    code_store(&code[1], 0, 1);
    code_end(&code[0]);
    code_end(&code[1]);
    struct tally tally = {program_new(2, code, MEMORY_SC), 0};
    struct explore_options o = {.algorithm = algorithm, .pct_depth = depth, .max_executions = 6001,
                                .on_complete = count_torn_reads, .context = &tally};
    explore(tally.p->m, &o, r);
    cr_assert_eq(r->complete, 6001);
    return tally.hits;
}

/*
 * pct, depth 2: CPU0 must be above CPU1 (1/2) and fall before the second of three steps (1/3).
 * CPU1 above writes first, or falls before it does, and then CPU0 runs to its end. That is 1/6,
 * just what the theorem guarantees: 1/(2 * 3). Five standard deviations of 6,000 trials are 144.
 * The first execution, when k is not known, has no change.
 */
Test(sample, pct_meets_its_bound_and_no_more_where_it_is_tight)
{
    struct explore_result r;
    struct explore_options o = {.algorithm = ALGORITHM_PCT, .pct_depth = 2};
    unsigned hits = torn_reads(ALGORITHM_PCT, 2, &r);
    cr_assert(hits > 1000 - 144 && hits < 1000 + 144, "%u", hits);
    cr_assert_eq(sample_agents(&r.sample), 2);
    cr_assert_eq(r.sample.steps, 3);
    cr_assert_eq(r.sample.executions, 6000);
    cr_assert_float_eq(sample_probability(&o, &r), 1.0 / 6, 1e-12);
}

/* Depth 1 has no changes: no agent is ever interrupted. */
Test(sample, pct_of_depth_1_runs_one_agent_after_the_other)
{
    struct explore_result r;
    cr_assert_eq(torn_reads(ALGORITHM_PCT, 1, &r), 0);
}

/* The theorem guarantees 1/(2 * 9), hence 333 of 6,000, of which five deviations are 89. */
Test(sample, pct_of_depth_3_finds_what_has_depth_2)
{
    struct explore_result r;
    cr_assert_gt(torn_reads(ALGORITHM_PCT, 3, &r), 333 - 89);
}

/* A random walk: CPU0 first of two (1/2), then CPU1 of two (1/2). Five deviations are 168. */
Test(sample, random_walk_draws_each_agent_alike)
{
    struct explore_result r;
    struct explore_options o = {.algorithm = ALGORITHM_RANDOM};
    unsigned hits = torn_reads(ALGORITHM_RANDOM, 0, &r);
    cr_assert(hits > 1500 - 168 && hits < 1500 + 168, "%u", hits);
    cr_assert_eq(sample_probability(&o, &r), 0);
}

/* ---- Executions that begin alike are run together ---- */

struct sum {
    struct program *p;
    uint64_t executions, states; /* of each execution a number that its last state decides, added up */
};

static void add_state(void *context, struct machine *m)
{
    struct sum *sum = context;
    uint64_t state = 0;
    (void)m;
    for (unsigned core = 0; core < 2; core++)
        for (unsigned reg = 8; reg < 10; reg++)
            state = state * 1000 + program_register(sum->p, core, reg);
    sum->executions++;
    sum->states += random_next(&state);
}

/* One after the other, each from the start. Returns its steps. */
static uint32_t run_alone(struct machine *m, struct draw *d, const struct explore_options *o)
{
    struct footprint fp;
    uint64_t enabled;
    uint32_t depth = 0;
    machine_restore(m);
    for (; (enabled = machine_enabled(m)); depth++) {
        agent_id a = draw_choose(d, o, enabled, depth);
        agent_next(m, a, &fp);
        agent_step(m, a);
    }
    return depth;
}

static void run_all_alone(struct machine *m, const struct explore_options *o, struct sum *sum,
                          struct explore_result *r)
{
    struct sample_part batch = {0};
    *r = (struct explore_result){0};
    while (r->complete < o->max_executions) {
        struct sample_measure now = {0};
        batch = sample_next_batch(o, r, &batch);
        for (uint32_t i = 0; i < batch.count; i++) {
            struct draw d;
            draw_make(&d, o, m, batch.first + i, batch.steps);
            uint32_t steps = run_alone(m, &d, o);
            now.steps = steps > now.steps ? steps : now.steps;
            r->steps += steps;
            add_state(sum, m);
        }
        r->complete += batch.count;
        sample_take_batch(r, &batch, &now);
    }
}

/* The very same executions, each as often, with fewer steps. */
Test(sample, running_together_changes_no_execution, .timeout = 120)
{
    struct random random = {7};
    struct code code[2];
    struct program *p = NULL;
    for (unsigned n = 0; n < effort(30); n++) {
        random_short_thread(&random, &code[0]);
        random_short_thread(&random, &code[1]);
        if (!p)
            p = program_new(2, code, MEMORY_TSO);
        else
            cr_assert(program_next(p, code));
        for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
            struct sum together = {.p = p}, alone = {.p = p};
            struct explore_options o = {.algorithm = a, .seed = n + 1, .max_executions = 700,
                                        .on_complete = add_state, .context = &together};
            struct explore_result r, one_by_one;
            explore_defaults(&o);
            explore(p->m, &o, &r); /* finds out what is visible */
            together = (struct sum){.p = p};
            explore(p->m, &o, &r);
            run_all_alone(p->m, &o, &alone, &one_by_one);
            cr_assert_eq(together.executions, 700);
            cr_assert_eq(together.states, alone.states, "program %u, %s", n, algorithm_name[a]);
            cr_assert_eq(r.sample.steps, one_by_one.sample.steps);
            cr_assert_eq(r.sample.executions, one_by_one.sample.executions);
            cr_assert(r.steps < one_by_one.steps / 2 || !one_by_one.steps, "nothing was run together");
        }
    }
}

/* ---- Against plain DFS ---- */

Test(sample, outcomes_are_outcomes_of_dfs, .timeout = 120)
{
    struct random random = {1};
    struct code code[2];
    struct program *p = NULL;
    unsigned all = 0, drawn = 0;
    for (unsigned n = 0; n < 150; n++) {
        random_short_thread(&random, &code[0]);
        random_short_thread(&random, &code[1]);
        if (!p)
            p = program_new(2, code, MEMORY_TSO);
        else
            cr_assert(program_next(p, code));
        struct explore_options dfs = {.algorithm = ALGORITHM_DFS};
        struct explore_result r = states_explore(&reference, p, dfs);
        cr_assert_eq(r.bounds, 0);
        for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
            struct explore_options o = {.algorithm = a, .seed = n + 1, .max_executions = 100};
            r = states_explore(&sampled, p, o);
            cr_assert(state_set_within(&sampled, &reference), "program %u, %s", n,
                      algorithm_name[a]);
            cr_assert_eq(r.complete, 100);
            cr_assert_eq(r.verdict, VERDICT_INCOMPLETE);
            all += reference.count;
            drawn += sampled.count;
        }
    }
    cr_assert_gt(drawn, all / 2, "a sample that is always the same execution would pass");
}

static struct program *store_buffering(enum memory_model model)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_store(&code[t], t, 1);
        code_load(&code[t], 8, 1 - t);
        code_end(&code[t]);
    }
    return program_new(2, code, model);
}

Test(sample, enough_executions_reach_every_outcome_of_store_buffering)
{
    struct program *p = store_buffering(MEMORY_TSO);
    for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
        for (unsigned seed = 1; seed <= 5; seed++) {
            states_explore(&sampled, p, (struct explore_options){.algorithm = a, .seed = seed});
            cr_assert_eq(sampled.count, 4, "%s, seed %u: %u of 4", algorithm_name[a], seed,
                         sampled.count);
        }
    }
}

/* ---- Pause loops ---- */

static struct program *waiting(bool released)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    code_wait_until_set(&code[0], 0);
    code_load(&code[0], 9, 1);
    code_end(&code[0]);
    code_store(&code[1], 1, 7);
    code_store(&code[1], released ? 0 : 1, 1);
    code_end(&code[1]);
    return program_new(2, code, MEMORY_TSO);
}

/* No execution is wasted on a round in vain, and all see what was written before the release. */
Test(sample, a_core_that_waits_goes_on_when_it_is_released)
{
    struct program *p = waiting(true);
    for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
        struct explore_options o = {.algorithm = a};
        struct explore_result r = states_explore(&sampled, p, o);
        cr_assert_eq(r.complete, 1000);
        cr_assert_eq(r.finding_count, 0);
        cr_assert_eq(sampled.count, 1);
        cr_assert_eq(sampled.state[0].word[3], 7); /* r9 of CPU0, behind two variables and r8 */
    }
}

Test(sample, a_core_that_nobody_releases_is_a_livelock)
{
    struct program *p = waiting(false);
    for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
        struct explore_options o = {.algorithm = a};
        struct explore_result r = states_explore(&sampled, p, o);
        cr_assert_eq(r.verdict, VERDICT_VIOLATION);
        cr_assert_eq(r.finding_count, 1);
        cr_assert_eq(r.finding[0].finding.kind, FINDING_LIVELOCK);
        cr_assert_eq(r.finding[0].seen, 1000);
        explore_result_free(&r);
    }
}

/* ---- Scenarios: verdicts as in the table of posted_delivery.c ---- */

static struct explore_result explored(struct session *s, struct explore_options o)
{
    struct explore_result r;
    session_configure(s, MEMORY_TSO, NULL);
    session_explore(s, &o, &r);
    return r;
}

static void finds(const char *variant, const char *name, enum algorithm a, uint64_t executions)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, variant);
    for (uint64_t seed = 1; seed <= effort(5); seed++) {
        struct explore_result r = explored(s, (struct explore_options){
            .algorithm = a, .seed = seed, .max_executions = executions});
        cr_assert_eq(r.verdict, VERDICT_VIOLATION, "%s, seed %u", variant, (unsigned)seed);
        cr_assert_gt(found_times(&r, name), 0);
        cr_assert_eq(r.bounds, BOUND_SAMPLED);
        cr_assert_eq(r.complete, executions);
        explore_result_free(&r);
    }
}

Test(sample, pct_finds_the_broken_invariants, .timeout = 300)
{
    static const char *const variants[] = {"V0-device", "V1-cpu", "V1-device", "V2-cpu",
                                           "V2-device", "V4-cpu"};
    for (unsigned i = 0; i < sizeof variants / sizeof *variants; i++) {
        finds(variants[i], "PI-1", ALGORITHM_PCT, 1000);
        finds(variants[i], "posted-handled", ALGORITHM_PCT, 1000);
    }
    finds("V5-device2", "PI-2", ALGORITHM_PCT, 5000); /* two posts: one constraint more */
}

Test(sample, random_walk_finds_the_broken_invariants, .timeout = 120)
{
    finds("V1-cpu", "PI-1", ALGORITHM_RANDOM, 1000);
    finds("V4-cpu", "PI-1", ALGORITHM_RANDOM, 5000);
}

Test(sample, a_sample_of_what_is_safe_is_incomplete)
{
    struct session *s = session_of(IRQWEAVE_IMAGES_DIR, "V3-cpu");
    for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
        struct explore_result r = explored(s, (struct explore_options){.algorithm = a});
        cr_assert_eq(r.verdict, VERDICT_INCOMPLETE);
        cr_assert_eq(r.bounds, BOUND_SAMPLED);
        cr_assert_eq(r.finding_count, 0);
        cr_assert_eq(r.complete, 1000);
    }
}

/* ---- Seeds ---- */

struct sequence_of_runs {
    unsigned count;
    uint64_t run[MAX_RUNS]; /* where the cores stood at the end, in one number */
};

static struct sequence_of_runs first, second;

static void note_run(void *context, struct machine *m)
{
    struct sequence_of_runs *s = context;
    uint64_t all = 0, icount;
    uint32_t acount;
    for (unsigned core = 0; core < m->cores; core++) {
        m->core_ops->position(m->cpu, core, &icount, &acount);
        all = all * 1000003 + icount * 1009 + acount;
    }
    cr_assert_lt(s->count, MAX_RUNS);
    s->run[s->count++] = all;
}

static struct explore_result sequence(struct session *s, enum algorithm a, uint64_t seed,
                                      struct sequence_of_runs *runs)
{
    runs->count = 0;
    return explored(s, (struct explore_options){.algorithm = a, .seed = seed,
                                                .on_complete = note_run, .context = runs});
}

Test(sample, the_same_seed_draws_the_same_executions, .timeout = 60)
{
    for (enum algorithm a = ALGORITHM_PCT; a <= ALGORITHM_RANDOM; a++) {
        struct session *s = session_of(IRQWEAVE_IMAGES_DIR, "V4-cpu");
        struct session *other = session_of(IRQWEAVE_IMAGES_DIR, "V4-cpu");
        struct explore_result x = sequence(s, a, 7, &first);
        struct explore_result y = sequence(other, a, 7, &second);
        cr_assert_eq(first.count, second.count);
        cr_assert_arr_eq(first.run, second.run, first.count * sizeof *first.run);
        const char *what = result_difference(s->m, &x, &y);
        cr_assert_null(what, "%s", what);
        explore_result_free(&y);
        y = sequence(other, a, 8, &second);
        cr_assert(memcmp(first.run, second.run, sizeof first.run), "seeds 7 and 8 draw the same");
        explore_result_free(&x);
        explore_result_free(&y);
    }
}
