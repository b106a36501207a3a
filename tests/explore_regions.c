/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regions and the invariants that are evaluated as they are left, on random programs: the reducing
 * algorithms, in one piece and in tasks, against plain DFS over every boundary: final states, findings,
 * and what was seen by whom as regions were left.
 *
 * Where a core's step ends, which regions it leaves, and what is asked then depends on what was read
 * (sim/check.c). So regions lie around several accesses, nest and overlap, are left early if a value
 * is not 0, hold no visible access at all, are interrupted, and are passed by handlers. Invariants
 * ask for values, for who is inside a region, and for what is pending or in flight, at others and at
 * the very core that leaves; what they ask next depends on the answers (tests/support/differ.c).
 *
 * IRQWEAVE_PROPERTY_SECONDS=n makes each test draw other programs for n seconds more.
 */
#include <criterion/criterion.h>

#include "tests/support/property.h"

enum { LIMIT = 3000, LARGE = 60000 };

/* ---- Kinds of programs ---- */

struct family {
    const char *name;
    struct mixture thread, handler;
    unsigned threads, length_min, length_max; /* without markers */
    bool interrupts;
};

/* The handlers send nothing and enable nothing: two levels at most, and an end. */
static void random_handlers(struct random *r, const struct family *f, struct spec *s)
{
    for (unsigned h = 0; h < SPEC_HANDLERS; h++) {
        random_ops(r, &f->handler, s->threads, random_draw(r, 2), &s->handler[h]);
        if (random_draw(r, 3) == 0)
            random_region(r, &f->handler, 1 + random_draw(r, SPEC_REGIONS), &s->handler[h]);
        s->early_eoi[h] = random_draw(r, 3) == 0;
        if (random_draw(r, 4) == 0)
            s->eoi_region[h] = (uint8_t)(1 + random_draw(r, SPEC_REGIONS));
    }
}

/* Somebody, perhaps the core itself, sends to core 0, which is open to it somewhere. */
static void add_interrupts(struct random *r, const struct family *f, struct spec *s)
{
    struct op_list *open = &s->thread[0];
    struct op_list *sender = &s->thread[random_draw(r, 4) ? s->threads - 1 : 0];
    random_handlers(r, f, s);
    open->op[0] = (struct op){.kind = (uint8_t)(random_draw(r, 3) ? OP_STI : OP_WINDOW)};
    sender->op[sender->count - 1] = (struct op){
        .kind = OP_SEND, .value = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH};
}

/* One region in each thread, or two; sometimes none. */
static void add_regions(struct random *r, const struct family *f, struct op_list *list)
{
    for (unsigned n = (random_draw(r, 6) + 2) / 3; n; n--)
        random_region(r, &f->thread, 1 + random_draw(r, SPEC_REGIONS), list);
}

static void draw(struct random *r, const void *context, struct spec *s)
{
    const struct family *f = context;
    memset(s, 0, sizeof *s);
    s->threads = f->threads;
    s->model = random_draw(r, 4) ? MEMORY_TSO : MEMORY_SC;
    for (unsigned t = 0; t < f->threads; t++) {
        unsigned length = f->length_min + random_draw(r, f->length_max - f->length_min + 1);
        random_ops(r, &f->thread, f->threads, length, &s->thread[t]);
    }
    if (f->interrupts)
        add_interrupts(r, f, s);
    for (unsigned t = 0; t < f->threads; t++)
        add_regions(r, f, &s->thread[t]);
    if (random_draw(r, 4) == 0)
        random_invariants(r, &f->thread, s);
    random_looks(r, &f->thread, f->interrupts, s);
}

/* ---- Comparing ---- */

static const struct exploration reduced[] = {
    {"optimal", ALGORITHM_OPTIMAL, .limit = LARGE}, /* by source sets here */
    {"source", ALGORITHM_SOURCE, .limit = LARGE, .budget = 1},
    {"source", ALGORITHM_SOURCE, .limit = LARGE, .budget = 5},
    {"sleep", ALGORITHM_SLEEP, .limit = LARGE, .budget = 3},
};

/* What is too large for DFS is compared with sleep sets alone, over every boundary. */
static const struct property against_dfs = {
    .reference = {{"dfs", ALGORITHM_DFS, true, true, .limit = LIMIT},
                  {"sleep sets", ALGORITHM_SLEEP, true, true, .limit = LIMIT}},
    .other = reduced, .others = sizeof reduced / sizeof *reduced, .draw = draw};

static void check(const struct family *f, unsigned seeds, unsigned programs)
{
    struct property p = against_dfs;
    p.name = f->name;
    p.context = f;
    const char *fails = property_check(&p, seeds, programs);
    cr_assert_null(fails, "%s", fails);
}

/* ---- The families ---- */

#define ACCESSES [OP_STORE] = 5, [OP_LOAD] = 6, [OP_LOCK_ADD] = 2, [OP_XCHG] = 1

static const struct mixture threads = {
    {ACCESSES, [OP_ADD] = 1, [OP_LOCK_CMPXCHG] = 1, [OP_MFENCE] = 1, [OP_LFENCE] = 1}, 2, false};

Test(regions, two_cores, .timeout = 300)
{
    const struct family f = {"two cores", threads, threads, 2, 2, 4, false};
    check(&f, 3, 60);
}

Test(regions, three_cores, .timeout = 300)
{
    const struct family f = {"three cores", threads, threads, 3, 1, 3, false};
    check(&f, 2, 60);
}

static const struct mixture interrupted = {
    {ACCESSES, [OP_SEND] = 2, [OP_STI] = 1, [OP_CLI] = 1, [OP_WINDOW] = 1, [OP_LFENCE] = 1},
    2, false};

/* The handlers end their interrupt, perhaps in a region. */
Test(regions, quiet_handlers, .timeout = 300)
{
    const struct mixture none = {{[OP_LFENCE] = 1}, 2, false};
    const struct family f = {"quiet handlers", interrupted, none, 2, 2, 3, true};
    check(&f, 2, 60);
}

Test(regions, handlers_that_touch_what_they_interrupt, .timeout = 300)
{
    const struct mixture touch = {{ACCESSES}, 2, false};
    const struct family f = {"handlers that touch", interrupted, touch, 2, 2, 3, true};
    check(&f, 2, 60);
}

Test(regions, three_cores_with_interrupts, .timeout = 300)
{
    const struct mixture touch = {{ACCESSES}, 2, false};
    const struct family f = {"three cores with interrupts", interrupted, touch, 3, 1, 2, true};
    check(&f, 2, 60);
}

/* ---- Programs on which states were lost ---- */

static void check_fixed(struct spec *s, uint64_t limit, unsigned reference)
{
    unsigned compared[PROPERTY_MAX_REFERENCES];
    struct property p = against_dfs;
    p.name = "fixed";
    p.reference[0].limit = p.reference[1].limit = limit;
    const char *fails = property_fails(&p, s, compared);
    cr_assert_null(fails, "%s", fails);
    cr_assert_eq(compared[reference], 1);
}

/* The handler does nothing but end its interrupt, in a region. What is seen as it leaves that depends
 * on what it has interrupted: all boundaries of thread 0 matter. */
Test(regions, a_quiet_handler_that_leaves_a_region)
{
    const struct place first = {0, 4}, second = {8, 4};
    struct spec s = {
        .model = MEMORY_TSO, .threads = 2,
        .thread = {{4, {{OP_STI}, {OP_LOCK_ADD, .place = first, .value = 1},
                        {OP_LOCK_ADD, .place = second, .value = 1},
                        {OP_LOCK_ADD, .place = first, .value = 1}}},
                   {1, {{OP_SEND, .value = INTERRUPT_HIGH}}}},
        .eoi_region = {0, 1},
        .looks = 1,
        .look = {{.region = 1, .questions = 2, .modulus = 2,
                  .question = {{ASK_MEMORY, .place = first}, {ASK_MEMORY, .place = second}}}}};
    check_fixed(&s, LIMIT, 0);
}

/* Nobody ever leaves a region, but what thread 2 does inside of one is conditional. The node at which
 * that makes a race uncertain has sleepers of its own. */
Test(regions, a_core_that_stays_inside)
{
    const struct place first = {0, 4}, second = {8, 4};
    struct spec s = {
        .model = MEMORY_TSO, .threads = 3,
        .thread = {{3, {{OP_WHEN, .reg = 11, .place = second},
                        {OP_LOAD, .reg = 9, .place = second},
                        {OP_STORE, .place = first, .value = 3}}},
                   {3, {{OP_LOCK_ADD, .place = second, .value = 2},
                        {OP_STORE, .place = first, .value = 2},
                        {OP_WHEN, .reg = 11, .place = first}}},
                   {3, {{OP_STORE, .place = first, .value = 1},
                        {OP_ENTER, .value = 2},
                        {OP_LOCK_CMPXCHG, .reg = 10, .place = second, .value = 0x402}}}},
        .looks = 1,
        .look = {{.region = 1, .questions = 1, .modulus = 8,
                  .question = {{ASK_REGIONS, .core = 1, .regions = 4}}}}};
    check_fixed(&s, LARGE / 2, 0);
}
