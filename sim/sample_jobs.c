/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hands the parts of each batch (sim/sample.c) to processes, and takes what they come to in the order
 * of the parts. The next batch begins when all are taken, since it is drawn from what they have shown.
 * Where more turns out visible everything begins anew, as in sim/parallel.h. Batches of one part run
 * here: they are small, and most of what is visible turns up in them.
 */
#include "sim/sample_jobs.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sim/sample.h"
#include "sim/seconds.h"
#include "sim/worker.h"

enum { LOOK_EVERY_MS = 100, MAX_PARTS = 64 };

struct sampling {
    struct machine *m;
    struct explore_options options; /* of parts that run here */
    const struct explore_options *asked;
    const struct parallel_options *how;
    struct explorer *x;
    struct partition p; /* what is visible, what has been found: it has no tasks */
    struct worker worker[PARALLEL_MAX_JOBS];
    unsigned workers;
    struct worker_progress *progress;
    struct outcome outcome[MAX_PARTS]; /* of the batch */
    bool ready[MAX_PARTS];
    uint32_t given, taken;
    struct sample_measure now;
    double started;
    bool divided; /* the first batch of several parts has begun */
    bool stopped;
    char *error;
    size_t error_size;
};

/* ---- Processes ---- */

static void end_workers(struct sampling *s)
{
    while (s->workers)
        worker_end(&s->worker[--s->workers]);
}

static void start_workers(struct sampling *s)
{
    if (s->workers || s->how->jobs == 1)
        return;
    while (s->workers < s->how->jobs &&
           worker_start(&s->worker[s->workers], s->m, s->asked, &s->p, &s->progress[s->workers]))
        s->workers++;
}

static void lose(struct sampling *s, struct worker *w)
{
    worker_bury(w, s->error, s->error_size);
    s->stopped = true;
    s->p.total.bounds |= BOUND_INTERRUPT;
}

static struct task task_of(const struct sampling *s, const struct sample_part *batch, uint32_t part)
{
    struct task t = {.known = s->p.known, .known_count = s->p.known_count, .part = *batch};
    t.part.part = part;
    return t;
}

static void give(struct sampling *s, const struct sample_part *batch)
{
    for (unsigned i = 0; i < s->workers && s->given < batch->parts && !s->stopped; i++) {
        struct worker *w = &s->worker[i];
        if (w->busy)
            continue;
        struct task t = task_of(s, batch, s->given);
        *w->progress = (struct worker_progress){0};
        w->ahead = s->given++;
        w->busy = true;
        if (!worker_send(w, &t))
            lose(s, w);
    }
}

static void receive(struct sampling *s, struct worker *w)
{
    s->ready[w->ahead] = worker_receive(w, &s->outcome[w->ahead]);
    if (!s->ready[w->ahead])
        lose(s, w);
}

static void wait_for_any(struct sampling *s)
{
    struct pollfd polled[PARALLEL_MAX_JOBS];
    for (unsigned i = 0; i < s->workers; i++)
        polled[i] = (struct pollfd){.fd = s->worker[i].busy ? s->worker[i].socket : -1, .events = POLLIN};
    if (poll(polled, s->workers, LOOK_EVERY_MS) <= 0)
        return;
    for (unsigned i = 0; i < s->workers; i++)
        if (polled[i].revents)
            receive(s, &s->worker[i]);
}

/* ---- Taking ---- */

static void take(struct sampling *s, struct outcome *o)
{
    s->now.seen |= o->result.sample.seen;
    if (o->result.sample.steps > s->now.steps)
        s->now.steps = o->result.sample.steps;
    partition_add(s->m, &s->p.total, &o->result, s->p.known_count);
}

static void begin_anew(struct sampling *s, const struct outcome *o)
{
    end_workers(s);
    s->p.total.steps += o->result.steps;
    s->p.total.restarts++;
    partition_show(&s->p, s->m);
    for (uint32_t i = 0; i < o->found_count; i++)
        visible_add(&s->m->visibility, o->found[i], 1);
    s->m->observed_core |= o->observed;
    partition_begin(&s->p, s->m);
    s->divided = false;
}

/* False: all begins anew. */
static bool take_ready(struct sampling *s)
{
    while (s->taken < s->given && s->ready[s->taken]) {
        struct outcome *o = &s->outcome[s->taken];
        if (!o->stable) {
            begin_anew(s, o);
            return false;
        }
        s->ready[s->taken++] = false;
        take(s, o);
        s->stopped |= outcome_is_cut(o);
        outcome_free(o);
    }
    return true;
}

static void drop_ready(struct sampling *s)
{
    for (uint32_t i = s->taken; i < s->given; i++)
        if (s->ready[i])
            outcome_free(&s->outcome[i]);
    memset(s->ready, 0, sizeof s->ready);
    s->given = s->taken = 0;
}

static void check_bounds(struct sampling *s)
{
    uint32_t bounds = 0;
    if (s->asked->stop && *s->asked->stop)
        bounds |= BOUND_INTERRUPT;
    if (s->asked->max_seconds > 0 && seconds_now() - s->started >= s->asked->max_seconds)
        bounds |= BOUND_SECONDS;
    s->p.total.bounds |= bounds;
    s->stopped |= bounds != 0;
}

/* What is under way counts, too: but it was we who interrupted. */
static void collect(struct sampling *s)
{
    for (unsigned i = 0; i < s->workers; i++)
        if (s->worker[i].busy)
            worker_interrupt(&s->worker[i]);
    for (unsigned i = 0; i < s->workers; i++)
        if (s->worker[i].busy)
            receive(s, &s->worker[i]);
    for (uint32_t i = s->taken; i < s->given; i++) {
        if (!s->ready[i] || !s->outcome[i].stable)
            continue;
        s->outcome[i].result.bounds &= ~(uint32_t)BOUND_INTERRUPT;
        take(s, &s->outcome[i]);
    }
}

/* ---- Batches ---- */

static void show(struct sampling *s)
{
    uint64_t executions = explore_executions(&s->p.total), all = s->asked->max_executions;
    unsigned busy = 0;
    for (unsigned i = 0; i < s->workers; i++) {
        busy += s->worker[i].busy;
        executions += s->worker[i].busy ? s->worker[i].progress->executions : 0;
    }
    for (uint32_t i = s->taken; i < s->given; i++)
        executions += s->ready[i] ? explore_executions(&s->outcome[i].result) : 0;
    struct parallel_progress now = {executions, all ? (double)executions / (double)all : 0, (double)all,
                                    seconds_now() - s->started, 0, busy ? busy : 1};
    if (s->how->on_progress)
        s->how->on_progress(s->how->context, &now);
}

static bool run_here(struct sampling *s, const struct sample_part *batch)
{
    while (s->given < batch->parts && !s->stopped) {
        struct task t = task_of(s, batch, s->given);
        outcome_run(&s->outcome[s->given], s->x, &s->p, s->m, &t);
        s->ready[s->given++] = true;
        if (!take_ready(s))
            return false;
        check_bounds(s);
        show(s);
    }
    return true;
}

static bool run_in_workers(struct sampling *s, const struct sample_part *batch)
{
    bool same = true;
    while (same && !s->stopped && s->taken < batch->parts) {
        give(s, batch);
        wait_for_any(s);
        same = take_ready(s);
        check_bounds(s);
        show(s);
    }
    if (s->stopped)
        collect(s);
    return same;
}

/* False: all begins anew. */
static bool run_batch(struct sampling *s, const struct sample_part *batch)
{
    assert(batch->parts <= MAX_PARTS);
    s->now = (struct sample_measure){0};
    if (batch->parts > 1 && !s->divided)
        partition_remember_known(&s->p); /* those of the small batches: whatever the processes are */
    s->divided |= batch->parts > 1;
    if (s->divided)
        start_workers(s);
    bool same = s->workers && batch->parts > 1 ? run_in_workers(s, batch) : run_here(s, batch);
    if (same && s->taken == batch->parts)
        sample_take_batch(&s->p.total, batch, &s->now);
    drop_ready(s);
    return same;
}

static void run_all(struct sampling *s)
{
    struct sample_part batch = {0};
    const uint64_t max = s->options.max_executions;
    while (!s->stopped && (!max || explore_executions(&s->p.total) < max)) {
        batch = sample_next_batch(&s->options, &s->p.total, &batch);
        if (!run_batch(s, &batch))
            batch = (struct sample_part){0};
    }
}

bool sample_in_jobs(struct machine *m, const struct explore_options *options,
                    const struct parallel_options *how, struct explore_result *r, char *error, size_t size)
{
    struct sampling *s = calloc(1, sizeof *s);
    size_t page = PARALLEL_MAX_JOBS * sizeof *s->progress;
    assert(s);
    *s = (struct sampling){.m = m, .options = *options, .asked = options, .how = how,
                           .started = seconds_now(), .error = error, .error_size = size};
    s->progress = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(s->progress != MAP_FAILED);
    error[0] = 0;
    explore_defaults(&s->options);
    struct explore_options own = s->options;
    own.max_executions = 0; /* a part has as many as it has */
    own.on_progress = NULL;
    s->x = explorer_new(m, &own);
    partition_begin(&s->p, m);
    run_all(s);
    end_workers(s);
    partition_show(&s->p, m);
    sample_conclude(&s->p.total);
    *r = s->p.total;
    s->p.total = (struct explore_result){0};
    r->seconds = seconds_now() - s->started;
    explore_conclude(m, r);
    explorer_free(s->x);
    partition_free(&s->p);
    munmap(s->progress, page);
    free(s);
    return !error[0];
}
