/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reducing algorithms against plain DFS on thousands of small random programs: accesses of
 * mixed sizes that overlap and cross cells, locked operations, fences, interrupts of two priorities
 * whose handlers touch what they interrupt, invariants over several variables at every step, and
 * what must hold at the end. Final states and findings must be the same. With four threads DFS is
 * out of reach: there sleep sets alone are the reference.
 *
 * IRQWEAVE_PROPERTY_SECONDS=n makes each test draw other programs for n seconds. A program on which
 * they differ is shrunk before it is printed.
 */
#include <criterion/criterion.h>

#include "tests/support/property.h"

enum { LIMIT = 8000, LARGE = 60000 };

/* ---- Kinds of programs ---- */

struct family {
    const char *name;
    struct mixture thread, handler;
    unsigned threads, length_min, length_max;
    bool interrupts, nesting;
};

static const struct exploration reduced[] = {
    {"optimal", ALGORITHM_OPTIMAL, .limit = LARGE},
    {"source", ALGORITHM_SOURCE, .limit = LARGE},
    {"sleep", ALGORITHM_SLEEP, .limit = LARGE},
};

/* The lower one's handler may send the higher vector, whose handler sends nothing: otherwise
 * interrupts could go on for ever. */
static void random_handlers(struct random *r, const struct family *f, struct spec *s)
{
    for (unsigned h = 0; h < SPEC_HANDLERS; h++) {
        struct op_list *list = &s->handler[h];
        random_ops(r, &f->handler, s->threads, random_draw(r, 3), list);
        s->early_eoi[h] = random_draw(r, 3) == 0;
        for (unsigned i = 0; i < list->count; i++)
            if (list->op[i].kind == OP_SEND)
                list->op[i] = (struct op){.kind = h ? OP_LFENCE : OP_SEND,
                                          .reg = list->op[i].reg, .value = INTERRUPT_HIGH};
    }
}

/* Core 0 is always sent something, or most programs would have no interrupt at all. */
static void add_interrupts(struct random *r, const struct family *f, struct spec *s)
{
    struct op send = {.kind = OP_SEND,
                      .value = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH};
    struct op window = {.kind = (uint8_t)(random_draw(r, 2) ? OP_STI : OP_WINDOW)};
    random_handlers(r, f, s);
    s->thread[0].op[random_draw(r, s->thread[0].count)] = window;
    struct op_list *sender = &s->thread[s->threads - 1];
    sender->op[random_draw(r, sender->count)] = send;
}

static void draw(struct random *r, const void *context, struct spec *s)
{
    const struct family *f = context;
    memset(s, 0, sizeof *s);
    s->threads = f->threads;
    s->nesting = f->nesting;
    s->model = random_draw(r, 5) ? MEMORY_TSO : MEMORY_SC;
    for (unsigned t = 0; t < f->threads; t++) {
        unsigned length = f->length_min + random_draw(r, f->length_max - f->length_min + 1);
        random_ops(r, &f->thread, f->threads, length, &s->thread[t]);
    }
    if (f->interrupts)
        add_interrupts(r, f, s);
    if (random_draw(r, 2))
        random_invariants(r, &f->thread, s);
}

/* ---- Comparing ---- */

#define PLAIN_DFS(most) {"dfs", ALGORITHM_DFS, true, true, .limit = (most)}
#define SLEEP_SETS(most) {"sleep sets", ALGORITHM_SLEEP, true, true, .limit = (most)}
#define OTHERS .other = reduced, .others = sizeof reduced / sizeof *reduced

static const struct property by_dfs = {.reference = {PLAIN_DFS(LIMIT)}, OTHERS, .draw = draw};

/* Where DFS is out of reach for most: sleep sets alone, every boundary, every round. */
static const struct property by_sleep_sets = {.reference = {SLEEP_SETS(LIMIT)}, OTHERS,
                                              .draw = draw};
static const struct property by_dfs_if_small = {
    .reference = {PLAIN_DFS(3 * LIMIT), SLEEP_SETS(LIMIT)}, OTHERS, .draw = draw};

static void check(const struct family *f, struct property p, unsigned seeds, unsigned programs)
{
    p.name = f->name;
    p.context = f;
    const char *fails = property_check(&p, seeds, programs);
    cr_assert_null(fails, "%s", fails);
}

/* ---- The families ---- */

#define ACCESSES                                                                            \
    [OP_STORE] = 8, [OP_LOAD] = 8, [OP_ADD] = 2, [OP_LOCK_ADD] = 1, [OP_XCHG] = 1,          \
    [OP_CMPXCHG] = 1, [OP_LOCK_CMPXCHG] = 1, [OP_MFENCE] = 1, [OP_LFENCE] = 1, [OP_SFENCE] = 1

/* What a core reads of its own stores, in parts and across cells. */
#define FORWARDING [OP_STORE] = 8, [OP_LOAD] = 8, [OP_ADD] = 1, [OP_MFENCE] = 1, [OP_XCHG] = 1

static const struct mixture words = {{ACCESSES}, 3, false};
static const struct mixture bytes = {{ACCESSES}, 2, true};

Test(explore_random, two_threads, .timeout = 300)
{
    const struct family f = {"two threads", words, words, 2, 2, 4, false, false};
    check(&f, by_dfs, 1, 300);
}

Test(explore_random, mixed_sizes, .timeout = 300)
{
    const struct family f = {"mixed sizes", bytes, bytes, 2, 2, 4, false, false};
    check(&f, by_dfs, 1, 250);
}

Test(explore_random, forwarded_loads, .timeout = 300)
{
    const struct mixture mix = {{FORWARDING}, 2, true};
    const struct family f = {"forwarded loads", mix, mix, 2, 3, 4, false, false};
    check(&f, by_dfs, 1, 250);
}

Test(explore_random, three_threads, .timeout = 300)
{
    const struct family f = {"three threads", bytes, bytes, 3, 1, 2, false, false};
    check(&f, by_dfs, 1, 300);
}

Test(explore_random, four_threads, .timeout = 300)
{
    const struct family f = {"four threads", bytes, bytes, 4, 1, 2, false, false};
    check(&f, by_sleep_sets, 4, 900);
}

/* ---- With interrupts ---- */

#define SHORT_ACCESSES [OP_STORE] = 4, [OP_LOAD] = 4, [OP_ADD] = 2, [OP_LOCK_ADD] = 1

static const struct mixture interrupted = {
    {SHORT_ACCESSES, [OP_SEND] = 1, [OP_STI] = 1, [OP_CLI] = 1, [OP_WINDOW] = 1, [OP_HALT] = 1},
    2, false};

Test(explore_random, quiet_handlers, .timeout = 300)
{
    const struct mixture none = {{[OP_LFENCE] = 1}, 2, false};
    const struct family f = {"quiet handlers", interrupted, none, 2, 2, 3, true, false};
    check(&f, by_dfs, 1, 300);
}

Test(explore_random, handlers_that_touch_what_they_interrupt, .timeout = 300)
{
    const struct mixture touch = {{SHORT_ACCESSES, [OP_XCHG] = 1}, 2, false};
    const struct family f = {"handlers that touch", interrupted, touch, 2, 2, 3,
                             true, false};
    check(&f, by_dfs, 1, 300);
}

Test(explore_random, handlers_that_send_and_nest, .timeout = 300)
{
    const struct mixture nest = {{[OP_STORE] = 2, [OP_LOAD] = 2, [OP_SEND] = 1, [OP_STI] = 1,
                                  [OP_WINDOW] = 1}, 1, true};
    const struct family f = {"handlers that send", interrupted, nest, 2, 1, 3,
                             true, true};
    check(&f, by_dfs, 1, 300);
}

static const struct mixture touching = {{SHORT_ACCESSES}, 2, false};

Test(explore_random, three_cores_with_interrupts, .timeout = 300)
{
    const struct family f = {"three cores", interrupted, touching, 3, 2, 3, true, false};
    check(&f, by_sleep_sets, 4, 700);
}

/* Nearly all of them fit plain DFS. */
Test(explore_random, three_cores_with_few_steps_and_interrupts, .timeout = 300)
{
    const struct family f = {"few steps", interrupted, touching, 3, 1, 2, true, false};
    check(&f, by_dfs_if_small, 4, 100);
}

/* ---- Programs on which states were lost ---- */

#define FIRST {0, 4}
#define SECOND {8, 4}

static void check_fixed(struct property p, struct spec *s)
{
    unsigned compared[PROPERTY_MAX_REFERENCES];
    p.name = "fixed";
    const char *fails = property_fails(&p, s, compared);
    cr_assert_null(fails, "%s", fails);
    cr_assert_eq(compared[0], 1, "too large for the reference");
}

/* The interrupt may come before the store of thread 0, while thread 1 stands at its load. */
Test(explore_random, a_sleeper_beside_an_uncertain_step)
{
    struct spec s = {
        .model = MEMORY_TSO, .threads = 3,
        .thread = {{2, {{OP_WINDOW}, {OP_STORE, .place = SECOND, .value = 1}}},
                   {1, {{OP_ADD, .place = SECOND, .value = 1}}},
                   {3, {{OP_ADD, .place = SECOND, .value = 3},
                        {OP_SEND, .value = INTERRUPT_LOW},
                        {OP_LOAD, .reg = 10, .place = SECOND}}}},
        .handler = {{1, {{OP_LOAD, .reg = 8, .place = SECOND}}}}};
    check_fixed(by_sleep_sets, &s);
}

/* Thread 1 halts until the interrupt has arrived, whatever a reversal wants of it. */
Test(explore_random, a_halted_core_is_not_made_to_step)
{
    struct spec s = {
        .model = MEMORY_SC, .threads = 3,
        .thread = {{1, {{OP_STORE, .place = SECOND, .value = 3}}},
                   {3, {{OP_ADD, .place = SECOND, .value = 2}, {OP_HALT},
                        {OP_LOAD, .reg = 10, .place = SECOND}}},
                   {2, {{OP_SEND, .reg = 1, .value = INTERRUPT_HIGH},
                        {OP_LOAD, .reg = 9, .place = SECOND}}}},
        .handler = {{0}, {1, {{OP_STORE, .place = SECOND, .value = 3}}}}, .early_eoi = {0, 1}};
    check_fixed(by_sleep_sets, &s);
}

/* Without the interrupt, thread 0 does something else that depends on what came meanwhile. */
Test(explore_random, an_uncertain_step_does_not_begin_a_reversal)
{
    struct spec s = {
        .model = MEMORY_SC, .threads = 3,
        .thread = {{3, {{OP_STI}, {OP_LOAD, .reg = 9, .place = SECOND},
                        {OP_ADD, .place = FIRST, .value = 1}}},
                   {2, {{OP_STORE, .place = SECOND, .value = 3},
                        {OP_LOAD, .reg = 10, .place = FIRST}}},
                   {2, {{OP_SEND, .value = INTERRUPT_HIGH},
                        {OP_STORE, .place = FIRST, .value = 2}}}},
        .handler = {{0}, {1, {{OP_LOAD, .reg = 8, .place = FIRST}}}}};
    check_fixed(by_sleep_sets, &s);
}

/* The message of thread 2 may come behind both accesses of thread 1, although what it interrupts
 * depends on the second of them only as long as it is not interrupted. */
Test(explore_random, an_interrupt_may_come_behind_what_it_does_not_depend_on)
{
    struct spec s = {
        .model = MEMORY_SC, .threads = 3,
        .thread = {{3, {{OP_STI}, {OP_LOAD, .reg = 9, .place = SECOND},
                        {OP_LOAD, .reg = 10, .place = FIRST}}},
                   {1, {{OP_ADD, .place = FIRST, .value = 3}}},
                   {3, {{OP_STORE, .place = FIRST, .value = 1},
                        {OP_SEND, .value = INTERRUPT_HIGH},
                        {OP_LOCK_ADD, .place = FIRST, .value = 1}}}},
        .handler = {{0}, {1, {{OP_STORE, .place = FIRST, .value = 1}}}}, .early_eoi = {0, 1}};
    check_fixed(by_sleep_sets, &s);

    /* A task looks again at such a race on its path: what comes later may be others' work. */
    enum { BUDGETS = 60 };
    static struct exploration parts[BUDGETS - 1];
    for (unsigned n = 1; n < BUDGETS; n++)
        parts[n - 1] = (struct exploration){
            "parts", n % 4 ? ALGORITHM_OPTIMAL : ALGORITHM_SOURCE, .limit = LARGE, .budget = n};
    struct property in_parts = by_sleep_sets;
    in_parts.other = parts;
    in_parts.others = BUDGETS - 1;
    check_fixed(in_parts, &s);
}
