/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Optimality: `optimal` and `source` run each trace of a program without interrupts exactly once,
 * and `optimal` begins nothing else.
 *
 * How many traces there are is counted without the explorer. Two executions are the same trace if
 * each load read each byte from the same store, and the stores to each byte reached memory in the
 * same order (Shasha and Snir, TOPLAS 1988: program order aside, nothing else can be observed). The
 * test steps the machine through all schedules and computes this from what the steps say they did.
 * A state reached again by the same beginning of a trace has the same continuations: it is left.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
#include <xxhash.h>

#include "sim/seconds.h"
#include "tests/support/differ.h"
#include "tests/support/effort.h"

enum {
    BYTES = 8 * SPEC_CELLS,
    MAX_EVENTS = 64, /* of a thread */
    MAX_ORDER = 32,  /* stores that reach a byte */
    MAX_DEPTH = 200,
    TABLE = 1 << 20,
    TRACES_MAX = 3000,
};

/* ---- What happened, as a trace ---- */

/* A store: thread and number, from 1; 0 is the initial value. */
typedef uint16_t store_name;

struct buffered {
    store_name name;
    uint8_t offset, size;
};

struct trace_state {
    unsigned event[SPEC_THREADS]; /* done so far */
    store_name read[SPEC_THREADS][MAX_EVENTS][8];
    unsigned reached[BYTES];
    store_name order[BYTES][MAX_ORDER]; /* of the stores that have reached the byte */
    unsigned first[SPEC_THREADS], next[SPEC_THREADS];
    struct buffered buffer[SPEC_THREADS][MAX_EVENTS];
};

static store_name name_of(unsigned thread, unsigned event)
{
    return (store_name)(1 + thread * MAX_EVENTS + event);
}

static store_name source_of(const struct trace_state *t, unsigned thread, unsigned byte)
{
    for (unsigned n = t->next[thread]; n > t->first[thread]; n--) {
        const struct buffered *b = &t->buffer[thread][n - 1];
        if (byte - b->offset < b->size)
            return b->name;
    }
    return t->reached[byte] ? t->order[byte][t->reached[byte] - 1] : 0;
}

static void note_load(struct trace_state *t, unsigned thread, unsigned offset, unsigned size)
{
    store_name *read = t->read[thread][t->event[thread]];
    for (unsigned i = 0; i < size; i++)
        read[i] = source_of(t, thread, offset + i);
}

static void reach_memory(struct trace_state *t, struct buffered b)
{
    for (unsigned i = b.offset; i < b.offset + b.size; i++) {
        assert(t->reached[i] < MAX_ORDER);
        t->order[i][t->reached[i]++] = b.name;
    }
}

static void note_step(struct trace_state *t, const struct machine *m, const struct step *s)
{
    unsigned thread;
    unsigned offset = (unsigned)(s->address - PROGRAM_DATA);
    bool drain = agent_kind_of(m, s->agent, &thread) == AGENT_BUFFER;
    if (drain) {
        reach_memory(t, t->buffer[thread][t->first[thread]++]);
        return;
    }
    struct buffered b = {name_of(thread, t->event[thread]), (uint8_t)offset, s->size};
    assert(t->event[thread] < MAX_EVENTS);
    if (s->action == STEP_LOAD || s->action == STEP_RMW)
        note_load(t, thread, offset, s->size);
    if (s->action == STEP_RMW || (s->action == STEP_STORE && m->model == MEMORY_SC))
        reach_memory(t, b);
    else if (s->action == STEP_STORE)
        t->buffer[thread][t->next[thread]++] = b;
    t->event[thread]++;
}

/* ---- All schedules ---- */

static uint64_t *seen;
static uint64_t traces;
static bool too_many;
static struct trace_state path[MAX_DEPTH + 1];
static struct checkpoint at[MAX_DEPTH + 1];
static unsigned checkpoints;

/* Is the beginning of a trace a new one? */
static bool enter(const struct trace_state *t)
{
    static uint64_t entered;
    uint64_t hash = XXH3_64bits(t, sizeof *t) | 1;
    unsigned i = (unsigned)(hash % TABLE);
    if (t == &path[0]) {
        memset(seen, 0, TABLE * sizeof *seen);
        entered = 0;
    }
    while (seen[i] && seen[i] != hash)
        i = (i + 1) % TABLE;
    if (seen[i])
        return false;
    seen[i] = hash;
    too_many |= ++entered > TABLE / 16;
    return true;
}

static void visit(struct machine *m, unsigned depth)
{
    struct trace_state *t = &path[depth];
    uint64_t enabled = machine_enabled(m);
    assert(depth < MAX_DEPTH);
    if (!enter(t) || too_many)
        return;
    if (!enabled)
        too_many |= ++traces > TRACES_MAX;
    for (; checkpoints <= depth; checkpoints++)
        checkpoint_init(m, &at[checkpoints]);
    checkpoint_take(m, &at[depth]);
    for (uint64_t left = enabled; left && !too_many; left &= left - 1) {
        struct step step;
        checkpoint_restore(m, &at[depth]);
        m->record = &step;
        agent_step(m, (agent_id)__builtin_ctzll(left));
        m->record = NULL;
        path[depth + 1] = *t;
        note_step(&path[depth + 1], m, &step);
        visit(m, depth + 1);
    }
}

/* Under the visible set that an exploration has found. 0 if there are too many. */
static uint64_t count_traces(struct machine *m)
{
    traces = 0;
    too_many = false;
    m->core_ops->begin(m->cpu);
    machine_restore(m);
    memset(&path[0], 0, sizeof path[0]);
    visit(m, 0);
    while (checkpoints)
        checkpoint_free(m, &at[--checkpoints]);
    return too_many ? 0 : traces;
}

/* ---- Comparing ---- */

static struct outcome got;

struct counts {
    enum algorithm algorithm;
    uint64_t traces;
    struct explore_result result;
};

static bool wasteful(const struct counts *c)
{
    bool blocked = c->algorithm == ALGORITHM_OPTIMAL && c->result.blocked;
    return c->result.complete != c->traces || c->result.redundant || blocked;
}

/* False if there are too many traces. */
static bool count(const struct spec *s, enum algorithm a, struct counts *c)
{
    struct exploration e = {"", a, false, false, false, 4 * TRACES_MAX, 0};
    struct program *p = differ_load(s);
    differ_explore(&e, &got);
    c->algorithm = a;
    c->result = got.result;
    c->traces = got.incomplete && got.result.complete < e.limit ? 0 : count_traces(p->m);
    return c->traces;
}

static bool still_wasteful(const struct spec *s, void *context)
{
    struct counts c;
    return count(s, *(enum algorithm *)context, &c) && wasteful(&c);
}

static void compare(struct spec *s, enum algorithm a, struct counts *c)
{
    static char text[4000];
    if (!count(s, a, c) || !wasteful(c))
        return;
    differ_shrink(s, still_wasteful, &a);
    count(s, a, c);
    spec_print(s, text, sizeof text);
    cr_assert_fail("%s: %llu complete and %llu blocked executions for %llu traces: %s",
                   algorithm_name[a], (unsigned long long)c->result.complete,
                   (unsigned long long)c->result.blocked, (unsigned long long)c->traces, text);
}

/* Of the program loaded last. In parts some executions may be blocked, but none is complete twice. */
static void compare_parts(const struct spec *s, enum algorithm a, uint64_t want)
{
    static char text[4000];
    struct exploration e = {"", a, false, false, false, 4 * TRACES_MAX, 2};
    differ_explore(&e, &got);
    if (!got.incomplete && got.result.complete == want)
        return;
    spec_print(s, text, sizeof text);
    cr_assert_fail("%s in parts: %llu complete executions for %llu traces: %s", algorithm_name[a],
                   (unsigned long long)got.result.complete, (unsigned long long)want, text);
}

static void check(const struct mixture *mix, unsigned threads, unsigned length, unsigned programs,
                  uint64_t seed)
{
    double end = seconds_now() + differ_long_run();
    bool more = differ_long_run() > 0;
    struct random r = {more ? (uint64_t)time(NULL) : seed};
    unsigned compared = 0;
    uint64_t sum = 0;
    programs = effort(programs);
    seen = calloc(TABLE, sizeof *seen);
    assert(seen);
    for (unsigned n = 0; compared < programs || (more && seconds_now() < end); n++) {
        struct spec s = {.model = random_draw(&r, 5) ? MEMORY_TSO : MEMORY_SC, .threads = threads};
        struct counts c;
        for (unsigned t = 0; t < threads; t++)
            random_ops(&r, mix, threads, 1 + random_draw(&r, length), &s.thread[t]);
        enum algorithm a = n % 4 ? ALGORITHM_OPTIMAL : ALGORITHM_SOURCE;
        compare(&s, a, &c);
        if (c.traces)
            compare_parts(&s, a, c.traces);
        compared += c.traces > 0;
        sum += c.traces;
        cr_assert(n < 100 || compared > n / 4, "%u of %u programs have few enough traces",
                  compared, n);
    }
    if (more || getenv("VERBOSE"))
        fprintf(stderr, "%u programs, %llu traces\n", compared, (unsigned long long)sum);
    free(seen);
}

static const struct mixture words = {
    {[OP_STORE] = 4, [OP_LOAD] = 4, [OP_ADD] = 1, [OP_LOCK_ADD] = 1, [OP_XCHG] = 1,
     [OP_MFENCE] = 1}, 3, false};

static const struct mixture bytes = {
    {[OP_STORE] = 6, [OP_LOAD] = 6, [OP_ADD] = 1, [OP_LOCK_CMPXCHG] = 1, [OP_CMPXCHG] = 1,
     [OP_MFENCE] = 1}, 2, true};

Test(explore_traces, words_two_threads, .timeout = 300)
{
    check(&words, 2, 5, 600, 1);
}

Test(explore_traces, words_three_threads, .timeout = 300)
{
    check(&words, 3, 3, 400, 2);
}

Test(explore_traces, bytes_two_threads, .timeout = 300)
{
    check(&bytes, 2, 5, 1000, 3);
}

Test(explore_traces, bytes_three_threads, .timeout = 300)
{
    check(&bytes, 3, 3, 500, 4);
}

Test(explore_traces, bytes_four_threads, .timeout = 300)
{
    check(&bytes, 4, 2, 150, 5);
}
