/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A partition in several processes: hands its tasks out ahead, to whoever is idle, and takes the
 * outcomes in the order of the tasks, whoever had them first.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/parallel_internal.h"

enum { LOOK_EVERY_MS = 100 };

static void shift(struct parallel *c)
{
    c->given--;
    memmove(c->ready, c->ready + 1, c->given * sizeof *c->ready);
    c->ready[c->given] = NULL;
    for (unsigned i = 0; i < c->workers; i++)
        c->worker[i].ahead--; /* of no meaning in those that are idle */
}

static void drop(struct outcome *o)
{
    if (o)
        outcome_free(o);
    free(o);
}

static void end_workers(struct parallel *c)
{
    for (unsigned i = 0; i < c->workers; i++)
        worker_end(&c->worker[i]);
    for (uint32_t i = 0; i < c->given; i++)
        drop(c->ready[i]);
    memset(c->ready, 0, sizeof c->ready);
    c->workers = c->given = 0;
}

static void start_workers(struct parallel *c)
{
    while (c->workers < c->how->jobs &&
           worker_start(&c->worker[c->workers], c->m, c->asked, c->p, &c->progress[c->workers]))
        c->workers++;
}

/* A process that ends by itself is a defect, or was killed: what others have done is kept. */
static void lose(struct parallel *c, struct worker *w)
{
    worker_bury(w, c->error, c->error_size);
    c->stopped = true;
    c->partial.bounds |= BOUND_INTERRUPT;
}

static void give(struct parallel *c)
{
    for (unsigned i = 0; i < c->workers && !c->stopped; i++) {
        struct worker *w = &c->worker[i];
        if (w->busy || c->given == RUN_AHEAD || c->given == partition_waiting(c->p))
            continue;
        struct task t = partition_task(c->p, c->given);
        *w->progress = (struct worker_progress){0};
        w->ahead = c->given++;
        w->busy = true;
        if (!worker_send(w, &t))
            lose(c, w);
        free((void *)t.step);
    }
}

static void receive(struct parallel *c, struct worker *w)
{
    struct outcome *o = calloc(1, sizeof *o);
    assert(o);
    if (worker_receive(w, o)) {
        c->ready[w->ahead] = o;
        return;
    }
    drop(o);
    lose(c, w);
}

static void wait_for_any(struct parallel *c)
{
    struct pollfd polled[PARALLEL_MAX_JOBS];
    for (unsigned i = 0; i < c->workers; i++)
        polled[i] = (struct pollfd){.fd = c->worker[i].busy ? c->worker[i].socket : -1,
                                    .events = POLLIN};
    if (poll(polled, c->workers, LOOK_EVERY_MS) <= 0)
        return;
    for (unsigned i = 0; i < c->workers; i++)
        if (polled[i].revents)
            receive(c, &c->worker[i]);
}

/* In order, as far as they have come. False: all begins anew. */
static bool take_ready(struct parallel *c)
{
    while (!c->stopped && c->given && c->ready[0]) {
        struct outcome *o = c->ready[0];
        c->stopped = outcome_is_cut(o); /* somebody has interrupted that process alone */
        if (c->stopped)
            break;
        c->ready[0] = NULL;
        bool stable = o->stable;
        if (!stable)
            parallel_begin_anew(c, o);
        else if (parallel_take(c, o))
            shift(c);
        drop(o);
        if (!stable)
            return false;
    }
    return true;
}

/* Whatever is under way or waits for its turn is reported, but left to be done again. */
static void collect_partial(struct parallel *c)
{
    for (unsigned i = 0; i < c->workers; i++)
        if (c->worker[i].busy)
            worker_interrupt(&c->worker[i]);
    for (unsigned i = 0; i < c->workers; i++)
        if (c->worker[i].busy)
            receive(c, &c->worker[i]);
    for (uint32_t i = 0; i < c->given; i++) {
        if (!c->ready[i])
            continue;
        c->ready[i]->result.bounds &= ~(uint32_t)BOUND_INTERRUPT; /* it was we who interrupted */
        parallel_add_partial(c, c->ready[i]);
    }
}

void parallel_run_workers(struct parallel *c)
{
    start_workers(c);
    if (!c->workers) {
        parallel_run_here(c);
        return;
    }
    bool same = true;
    while (same && !c->stopped && !partition_is_done(c->p)) {
        give(c);
        wait_for_any(c);
        same = take_ready(c);
        if (same && !c->stopped)
            parallel_show_workers(c);
        parallel_check_bounds(c);
    }
    bool by_count = c->partial.bounds & BOUND_EXECUTIONS; /* exactly so many are reported */
    if (c->stopped && !by_count)
        collect_partial(c);
    end_workers(c);
}
