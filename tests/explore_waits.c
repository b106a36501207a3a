/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting in pause loops, on random programs. Final states, findings, and who waits for ever must
 * be the same as
 *
 * - in plain DFS that follows each round that could see something new, and
 * - in a program without loops: each wait is one round, and an execution in which it fails counts
 *   only if what it waits for is not so at the end either. Then nobody can have released the core
 *   for good, and the execution is the livelock. (A round that fails leaves nothing behind: who
 *   succeeds later might as well have made no round before. Loops that end after some rounds stay
 *   as they are.) This reference has no pause.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "sim/seconds.h"
#include "tests/support/differ.h"
#include "tests/support/effort.h"

enum { LIMIT = 6000 };

static struct outcome want, got;

struct family {
    const char *name;
    struct mixture thread, handler;
    unsigned threads, length;
    bool interrupts;
};

static const struct exploration explorations[] = {
    {"optimal", ALGORITHM_OPTIMAL, false, false, false, 4 * LIMIT, 0},
    {"optimal in parts", ALGORITHM_OPTIMAL, false, false, false, 4 * LIMIT, 3},
    {"source", ALGORITHM_SOURCE, false, false, false, 4 * LIMIT, 0},
    {"source in parts", ALGORITHM_SOURCE, false, false, false, 4 * LIMIT, 2},
    {"sleep", ALGORITHM_SLEEP, false, false, false, 4 * LIMIT, 0},
    {"optimal, every round", ALGORITHM_OPTIMAL, false, true, false, 4 * LIMIT, 0},
};

static const struct exploration rounds = {"dfs", ALGORITHM_DFS, true, true, false, LIMIT, 0};
static const struct exploration assume = {"assume", ALGORITHM_DFS, true, false, true, LIMIT, 0};

/* ---- Drawing ---- */

static void put(struct random *r, struct op_list *list, struct op op)
{
    list->op[random_draw(r, list->count)] = op;
}

/* Holds 0 or 1 only, so that an xchg of 1 that fails leaves it as it was. */
static const struct place lock = {16, 4};

static bool takes_lock(const struct op *op)
{
    return op->kind == OP_WAIT && (op->wait == WAIT_LOCK || op->wait == WAIT_TAS);
}

static void add_wait(struct random *r, const struct family *f, struct spec *s,
                     struct op_list *list)
{
    static const struct mixture wait = {{[OP_WAIT] = 1}, 2, false};
    unsigned reg = 0;
    struct op op = random_op(r, &wait, f->threads, &reg);
    const struct op_list *other = &s->thread[random_draw(r, f->threads)];
    const struct op *store = &other->op[random_draw(r, other->count)];
    if (store->kind == OP_STORE && random_draw(r, 4)) { /* or hardly any wait would end */
        op.place = store->place;
        op.value = store->value;
    }
    if (takes_lock(&op))
        op.value = 0;
    if (takes_lock(&op) && random_draw(r, 4))
        op.place = lock;
    put(r, list, op);
    if (takes_lock(&op) && random_draw(r, 3))
        list->op[list->count++] = (struct op){.kind = OP_STORE, .place = lock};
}

static void draw(struct random *r, const struct family *f, struct spec *s)
{
    memset(s, 0, sizeof *s);
    s->threads = f->threads;
    s->model = random_draw(r, 5) ? MEMORY_TSO : MEMORY_SC;
    for (unsigned t = 0; t < f->threads; t++)
        random_ops(r, &f->thread, f->threads, 1 + random_draw(r, f->length), &s->thread[t]);
    if (f->interrupts) {
        struct op send = {.kind = OP_SEND, .value = INTERRUPT_LOW};
        for (unsigned h = 0; h < SPEC_HANDLERS; h++)
            random_ops(r, &f->handler, f->threads, random_draw(r, 3), &s->handler[h]);
        put(r, &s->thread[f->threads - 1], send);
        add_wait(r, f, s, &s->thread[0]);
        put(r, &s->thread[0], (struct op){.kind = OP_STI});
    }
    add_wait(r, f, s, &s->thread[random_draw(r, f->threads)]);
    if (random_draw(r, 3))
        add_wait(r, f, s, &s->thread[random_draw(r, f->threads)]);
    random_invariants(r, &f->thread, s);
}

/* ---- Comparing ---- */

/* Does a round that fails leave nothing behind? Otherwise one is not enough. */
static bool one_round_is_enough(const struct spec *s)
{
    for (unsigned t = 0; t < s->threads; t++)
        for (unsigned i = 0; i < s->thread[t].count; i++)
            if (takes_lock(&s->thread[t].op[i]) &&
                s->thread[t].op[i].place.offset != lock.offset)
                return false;
    return true;
}

/* What is said of the end is not the same without loops: failed rounds end there too. */
static uint64_t of_invariants(const struct spec *s)
{
    return (1ull << s->invariants) - 1;
}

static bool explore_assuming(const struct spec *s)
{
    struct spec one_round = *s;
    if (!one_round_is_enough(s))
        return false;
    one_round.assume = true;
    one_round.obligation = 0;
    differ_load(&one_round);
    differ_explore(&assume, &want);
    return !want.incomplete;
}

enum against { AGAINST_ASSUME, AGAINST_ROUNDS };

/* False too if the program is too large for the reference. */
static bool differs(const struct spec *s, enum against against, const struct exploration *e)
{
    uint64_t findings = against == AGAINST_ASSUME ? of_invariants(s) : ~0ull;
    if (against == AGAINST_ASSUME && !explore_assuming(s))
        return false;
    differ_load(s);
    if (against == AGAINST_ROUNDS)
        differ_explore(&rounds, &want);
    if (want.incomplete)
        return false;
    differ_explore(e, &got);
    return got.incomplete || !differ_equal(&want, &got, findings);
}

struct shrinking {
    enum against against;
    const struct exploration *e;
};

static bool still_differs(const struct spec *s, void *context)
{
    const struct shrinking *k = context;
    return differs(s, k->against, k->e);
}

static void check_one(const struct family *f, struct spec *s, enum against against,
                      const struct exploration *e)
{
    static char text[4000];
    struct shrinking k = {against, e};
    if (!differs(s, against, e))
        return;
    differ_shrink(s, still_differs, &k);
    differs(s, against, e);
    spec_print(s, text, sizeof text);
    cr_assert_fail("%s, %s against %s: %u states and findings %llx, not %u and %llx%s: %s",
                   f->name, e->name, against == AGAINST_ASSUME ? "assume" : "dfs", got.count,
                   (unsigned long long)got.findings, want.count,
                   (unsigned long long)want.findings, got.incomplete ? " (incomplete)" : "", text);
}

struct totals {
    unsigned drawn, assumed, followed, livelocks;
};

static void compare(const struct family *f, struct spec *s, struct totals *n)
{
    unsigned livelock = finding_bit(NULL, FINDING_LIVELOCK, "");
    n->drawn++;
    for (unsigned i = 0; i < sizeof explorations / sizeof *explorations; i++)
        check_one(f, s, AGAINST_ASSUME, &explorations[i]);
    n->assumed += one_round_is_enough(s) && !want.incomplete;
    check_one(f, s, AGAINST_ROUNDS, &explorations[0]);
    n->followed += !want.incomplete;
    n->livelocks += !want.incomplete && got.findings >> livelock & 1;
}

static void check(const struct family *f, unsigned programs)
{
    double end = seconds_now() + differ_long_run();
    bool more = differ_long_run() > 0;
    struct random r = {more ? (uint64_t)time(NULL) : 1};
    struct totals n = {0};
    struct spec s;
    programs = effort(programs);
    while (n.drawn < programs || (more && seconds_now() < end)) {
        draw(&r, f, &s);
        compare(f, &s, &n);
    }
    if (more || getenv("VERBOSE"))
        fprintf(stderr, "%s: %u programs, %u and %u compared, %u livelocks\n", f->name, n.drawn,
                n.assumed, n.followed, n.livelocks);
    cr_assert_gt(n.assumed, n.drawn / 4, "%s: %u of %u programs compared", f->name, n.assumed,
                 n.drawn);
    cr_assert_gt(n.followed, n.drawn / 4);
    cr_assert_gt(n.livelocks, n.drawn / 20);
    cr_assert_lt(n.livelocks, n.followed);
}

/* ---- The families ---- */

#define ACCESSES                                                                            \
    [OP_STORE] = 6, [OP_LOAD] = 2, [OP_ADD] = 1, [OP_LOCK_ADD] = 1, [OP_XCHG] = 1, [OP_MFENCE] = 1

static const struct mixture accesses = {{ACCESSES}, 2, false};

Test(explore_waits, two_threads, .timeout = 300)
{
    const struct family f = {"two threads wait", accesses, accesses, 2, 4, false};
    check(&f, 500);
}

Test(explore_waits, three_threads, .timeout = 300)
{
    const struct family f = {"three threads wait", accesses, accesses, 3, 2, false};
    check(&f, 150);
}

Test(explore_waits, handlers_that_release, .timeout = 300)
{
    const struct mixture handler = {{[OP_STORE] = 3, [OP_LOCK_ADD] = 1, [OP_LFENCE] = 1}, 2, false};
    const struct family f = {"handlers release", accesses, handler, 2, 2, true};
    check(&f, 200);
}
