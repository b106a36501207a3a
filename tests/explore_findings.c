/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing that an exploration finds is dropped without a word. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "cpu/program.h"

enum { X, DONE }; /* variables */

static struct program *program;

static void open_program(unsigned threads, const struct code *code)
{
    program = program_new(threads, code, MEMORY_TSO);
}

static struct explore_result explored(enum algorithm a)
{
    struct explore_options o = {.algorithm = a};
    struct explore_result r;
    explore(program->m, &o, &r);
    return r;
}

/* ---- Before the first visible step ---- */

/* mov eax, [0x10000000]: no memory there, and no handler. The other core could go on for long. */
Test(explore_findings, a_fault_before_the_first_visible_step_is_a_violation)
{
    for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
        struct code code[2] = {{.size = 0}, {.size = 0}};
        code_bytes(&code[0], "\x8b\x04\x25\x00\x00\x00\x10", 7);
        code_end(&code[0]);
        code_store(&code[1], X, 1);
        code_end(&code[1]);
        open_program(2, code);
        struct explore_result r = explored(a);
        cr_assert_eq(r.verdict, VERDICT_VIOLATION, "%s: %s", algorithm_name[a],
                     verdict_name(r.verdict));
        cr_assert_eq(r.finding_count, 1);
        cr_assert_eq(r.finding[0].finding.kind, FINDING_FAULT);
        cr_assert_eq(r.finding[0].schedule.count, 0);
        explore_result_free(&r);
        program_free(program);
    }
}

/* ---- More kinds than there is room for ---- */

enum { OBLIGATIONS = MACHINE_MAX_INVARIANTS };

static char names[OBLIGATIONS][16];

/* Which final value of X an obligation forbids; ~0: all. */
static uint32_t forbidden[OBLIGATIONS];

static bool obligation_met(void *context, struct machine *m, char *message, size_t size)
{
    const uint32_t *value = context;
    (void)m;
    snprintf(message, size, "as the test wants it");
    return *value != ~0u && program_variable(program, X) != *value;
}

static void add_obligations(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "o-%u", i);
        machine_add_obligation(program->m, &(struct obligation){names[i], &forbidden[i],
                                                                obligation_met});
    }
}

/* Bits of all kinds that the result names, kept or not; no kind may be both. */
static uint64_t named(const struct explore_result *r)
{
    uint64_t kept = 0;
    for (unsigned i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->finding[i].finding;
        kept |= 1ull << finding_bit(program->m, f->kind, f->name);
    }
    cr_assert_eq(kept & r->dropped, 0);
    cr_assert_eq(__builtin_popcountll(kept), r->finding_count);
    return kept | r->dropped;
}

static uint64_t obligation_bits(unsigned count)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < count; i++)
        bits |= 1ull << finding_bit(program->m, FINDING_OBLIGATION, names[i]);
    cr_assert_eq(__builtin_popcountll(bits), count);
    return bits;
}

/* One thread that does nothing breaks so many obligations at its end. */
static struct explore_result broken_at_the_end(unsigned count)
{
    struct code code = {.size = 0};
    code_end(&code);
    open_program(1, &code);
    memset(forbidden, 0xff, sizeof forbidden);
    add_obligations(count);
    return explored(ALGORITHM_SOURCE);
}

/* One execution breaks more than its state has room for: the rest is named. */
Test(explore_findings, kinds_beyond_those_of_an_execution_are_named)
{
    enum { BROKEN = MACHINE_MAX_FINDINGS + 4 };
    struct explore_result r = broken_at_the_end(BROKEN);
    cr_assert_eq(r.verdict, VERDICT_VIOLATION);
    cr_assert_eq(r.finding_count, MACHINE_MAX_FINDINGS);
    cr_assert_eq(__builtin_popcountll(r.dropped), 4);
    cr_assert_eq(named(&r), obligation_bits(BROKEN));
    struct finding first = finding_of_bit(program->m, (unsigned)__builtin_ctzll(r.dropped));
    cr_assert_eq(first.kind, FINDING_OBLIGATION);
    cr_assert_str_eq(first.name, names[MACHINE_MAX_FINDINGS]);
    explore_result_free(&r);
    program_free(program);
}

/* All are broken when 1 is last, one too many; the one without room is kept where 2 is last. */
Test(explore_findings, kinds_that_another_execution_keeps_are_not_called_dropped)
{
    enum { BROKEN = MACHINE_MAX_FINDINGS + 1 };
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_store(&code[t], X, t + 1);
        code_end(&code[t]);
    }
    open_program(2, code);
    for (unsigned i = 0; i < BROKEN; i++)
        forbidden[i] = 1;
    forbidden[MACHINE_MAX_FINDINGS] = ~0u;
    add_obligations(BROKEN);
    struct explore_result r = explored(ALGORITHM_SOURCE);
    cr_assert_eq(r.finding_count, BROKEN);
    cr_assert_eq(r.dropped, 0);
    cr_assert_eq(named(&r), obligation_bits(BROKEN));
    explore_result_free(&r);
    program_free(program);
}

static bool three_is_not_last(void *context, struct machine *m, struct footprint *fp, char *message,
                              size_t size)
{
    (void)context, (void)m, (void)fp;
    snprintf(message, size, "X = 3 and all threads are done");
    return program_variable(program, X) != 3 || program_variable(program, DONE) != 3;
}

/*
 * Three threads store 1, 2 and 3 to X, and count themselves. Eight obligations forbid that 1 is
 * the last, eight that 2 is, an invariant that 3 is: 17 kinds in all, one more than the exploration
 * keeps, while each execution has room for its own eight.
 */
Test(explore_findings, kinds_beyond_those_of_the_exploration_are_named)
{
    static_assert(OBLIGATIONS / 2 == (int)MACHINE_MAX_FINDINGS, "none too many in an execution");
    static_assert((int)OBLIGATIONS == (int)EXPLORE_MAX_FINDINGS, "one kind too many, the invariant");
    struct code code[3] = {{.size = 0}, {.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 3; t++) {
        code_store(&code[t], X, t + 1);
        code_lock_add(&code[t], DONE, 1);
        code_end(&code[t]);
    }
    open_program(3, code);
    for (unsigned i = 0; i < OBLIGATIONS; i++)
        forbidden[i] = 1 + i / (OBLIGATIONS / 2);
    add_obligations(OBLIGATIONS);
    struct invariant inv = {.name = "three", .every_step = true, .range_count = 2,
                            .ranges = {{PROGRAM_DATA + 8 * X, 4}, {PROGRAM_DATA + 8 * DONE, 4}},
                            .holds = three_is_not_last};
    machine_add_invariant(program->m, &inv);
    visible_add(&program->m->visibility, PROGRAM_DATA + 8 * X, 4);
    visible_add(&program->m->visibility, PROGRAM_DATA + 8 * DONE, 4);
    struct explore_result r = explored(ALGORITHM_SOURCE);
    cr_assert_eq(r.finding_count, EXPLORE_MAX_FINDINGS);
    cr_assert_eq(__builtin_popcountll(r.dropped), 1);
    cr_assert_eq(named(&r), obligation_bits(OBLIGATIONS) |
                                1ull << finding_bit(program->m, FINDING_INVARIANT, "three"));
    explore_result_free(&r);
    program_free(program);
}

/* What fits is not called dropped. */
Test(explore_findings, all_that_is_kept_leaves_nothing_over)
{
    struct explore_result r = broken_at_the_end(MACHINE_MAX_FINDINGS);
    cr_assert_eq(r.finding_count, MACHINE_MAX_FINDINGS);
    cr_assert_eq(r.dropped, 0);
    explore_result_free(&r);
    program_free(program);
}

/* ---- When it is enough ---- */

/* Two threads store 1 and 2; either may be last, which breaks one obligation each. So two executions are needed for both. */
static uint64_t executions_until(char *const *wanted, unsigned count, unsigned found)
{
    struct explore_options o = {.stop_at_first = true, .wanted = wanted, .wanted_count = count};
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_store(&code[t], X, t + 1);
        code_end(&code[t]);
        forbidden[t] = t + 1;
    }
    open_program(2, code);
    add_obligations(2);
    struct explore_result r;
    explore(program->m, &o, &r);
    cr_assert_eq(r.verdict, VERDICT_VIOLATION);
    cr_assert_eq(r.finding_count, found);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(explore_found(&r, program->m, wanted[i]), !strncmp(wanted[i], "o-", 2), "%s", wanted[i]);
    uint64_t executions = explore_executions(&r);
    explore_result_free(&r);
    program_free(program);
    return executions;
}

Test(explore_findings, it_is_enough_when_what_is_wanted_has_been_found)
{
    char *both[] = {names[0], names[1]}, *other[] = {"o-0", "nothing"};
    cr_assert_eq(executions_until(NULL, 0, 1), 1);
    cr_assert_geq(executions_until(both, 2, 2), 2);
    cr_assert_geq(executions_until(other, 2, 2), 2);
}
