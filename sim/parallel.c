/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the tasks of a partition in their order: the whole until it is split, then one after the
 * other in this process, or in several (parallel_workers.c). Here is what both do with results.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sim/parallel_internal.h"
#include "sim/seconds.h"

/* ---- Progress ---- */

static void show(struct parallel *c, uint64_t executions, double fraction, unsigned jobs)
{
    struct parallel_progress now = {executions, fraction, c->p->estimate,
                                    seconds_now() - c->started, c->p->total.seconds,
                                    jobs};
    if (c->how->on_progress)
        c->how->on_progress(c->how->context, &now);
}

/* `part` of the next `ahead` task is done, too. */
static double add_part(const struct partition *p, uint32_t ahead, double part)
{
    assert(ahead < partition_waiting(p));
    double all = p->done + p->waiting;
    return all > 0 ? part * p->task[p->next + ahead].weight / all : 0;
}

static void show_here(void *context, uint64_t executions, double fraction)
{
    struct parallel *c = context;
    show(c, explore_executions(&c->p->total) + executions,
         partition_fraction(c->p) + add_part(c->p, 0, fraction), 1);
}

void parallel_show_workers(struct parallel *c)
{
    uint64_t executions = explore_executions(&c->p->total);
    double fraction = partition_fraction(c->p);
    unsigned busy = 0;
    for (unsigned i = 0; i < c->workers; i++) {
        const struct worker *w = &c->worker[i];
        if (!w->busy)
            continue;
        busy++;
        executions += w->progress->executions;
        fraction += add_part(c->p, w->ahead, w->progress->fraction);
    }
    for (uint32_t i = 0; i < c->given; i++) {
        if (!c->ready[i])
            continue;
        executions += explore_executions(&c->ready[i]->result);
        fraction += add_part(c->p, i, 1);
    }
    show(c, executions, fraction, busy);
}

/* ---- Taking results ---- */

/* What cannot be kept for later is reported all the same. */
void parallel_add_partial(struct parallel *c, struct outcome *o)
{
    if (o->stable)
        partition_add(c->m, &c->partial, &o->result,
                      partition_is_split(c->p) ? c->p->known_count : 0);
}

void parallel_begin_anew(struct parallel *c, const struct outcome *o)
{
    c->p->total.steps += o->result.steps;
    c->p->total.restarts++;
    partition_show(c->p, c->m);
    for (uint32_t i = 0; i < o->found_count; i++)
        visible_add(&c->m->visibility, o->found[i], 1);
    c->m->observed_core |= o->observed;
    partition_begin(c->p, c->m);
    c->before = 0;
}

static uint64_t executions_left(const struct parallel *c)
{
    uint64_t done = explore_executions(&c->p->total) - c->before;
    uint64_t bound = c->asked->max_executions;
    assert(!bound || done < bound);
    return bound ? bound - done : 0;
}

static void run_next_here(struct parallel *c, struct outcome *o)
{
    struct task t = partition_task(c->p, 0);
    c->options.max_executions = executions_left(c);
    outcome_run(o, c->x, c->p, c->m, &t);
    free((void *)t.step);
}

/* The outcome of the next task, which must be stable: true if it does not exceed the bound. */
bool parallel_take(struct parallel *c, struct outcome *o)
{
    if (o->rest.misfit) {
        snprintf(c->error, c->error_size, "what was left of the exploration does not fit this "
                 "program: a step of it cannot be made");
        c->p->misfit = true;
        c->stopped = true;
        return false;
    }
    uint64_t left = executions_left(c);
    if (left && explore_executions(&o->result) >= left && !outcome_is_cut(o)) {
        /* Another process did not know where to stop. */
        outcome_free(o);
        run_next_here(c, o);
    }
    if (outcome_is_cut(o)) {
        parallel_add_partial(c, o);
        c->stopped = true;
        return false;
    }
    partition_take(c->p, c->m, &o->result, &o->rest);
    return true;
}

void parallel_check_bounds(struct parallel *c)
{
    uint32_t bounds = 0;
    if (c->asked->stop && *c->asked->stop)
        bounds |= BOUND_INTERRUPT;
    if (c->asked->max_seconds > 0 && seconds_now() - c->started >= c->asked->max_seconds)
        bounds |= BOUND_SECONDS;
    c->partial.bounds |= bounds;
    c->stopped |= bounds != 0;
}

/* ---- The whole, before it is split ---- */

/* Grows the visible set as it goes, like explore(): there is nothing yet that could be lost. */
static void run_whole(struct parallel *c)
{
    struct partition *p = c->p;
    struct task t = partition_task(p, 0);
    struct outcome o = {.stable = true};
    c->options.max_executions = executions_left(c);
    partition_show(p, c->m);
    while (!explorer_run(c->x, &t, &o.result, &o.rest)) {
        o.result.restarts++;
        visible_absorb(&c->m->visibility);
    }
    free((void *)t.step);
    if (parallel_take(c, &o)) {
        free(p->visible);
        p->visible = visible_list(&c->m->visibility, &p->visible_count);
        p->observed = c->m->observed_core;
        if (partition_is_split(p))
            p->estimate = (double)explore_executions(&p->total) / partition_fraction(p);
    }
    outcome_free(&o);
}

/* ---- In this process ---- */

void parallel_run_here(struct parallel *c)
{
    while (!c->stopped && partition_is_split(c->p) && !partition_is_done(c->p)) {
        struct outcome o;
        parallel_check_bounds(c);
        if (c->stopped)
            break;
        run_next_here(c, &o);
        if (o.stable)
            parallel_take(c, &o);
        else
            parallel_begin_anew(c, &o);
        outcome_free(&o);
    }
}

/* ---- All ---- */

static void copy_result(struct explore_result *to, const struct explore_result *from)
{
    *to = *from;
    for (unsigned i = 0; i < to->finding_count; i++)
        to->finding[i].schedule = schedule_copy(&from->finding[i].schedule);
}

static void report(struct parallel *c, struct explore_result *r)
{
    c->p->total.seconds += seconds_now() - c->started;
    copy_result(r, &c->p->total);
    partition_add(c->m, r, &c->partial, 0);
    if (partition_is_split(c->p))
        partition_show(c->p, c->m);
    explore_conclude(c->m, r);
}

bool parallel_explore(struct machine *m, const struct explore_options *options,
                      const struct parallel_options *how, struct partition *p,
                      struct explore_result *r, char *error, size_t size)
{
    struct parallel *c = calloc(1, sizeof *c);
    size_t page = PARALLEL_MAX_JOBS * sizeof *c->progress;
    assert(c);
    assert(explore_is_divisible(options));
    assert(how->jobs >= 1 && how->jobs <= PARALLEL_MAX_JOBS);
    *c = (struct parallel){.m = m, .options = *options, .asked = options, .how = how, .p = p,
                           .before = explore_executions(&p->total), .started = seconds_now(), .error = error,
                           .error_size = size};
    c->progress = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(c->progress != MAP_FAILED);
    error[0] = 0;
    explore_defaults(&c->options);
    c->options.on_progress = show_here;
    c->options.progress_context = c;
    c->x = explorer_new(m, &c->options);
    while (!c->stopped && !partition_is_done(p)) {
        if (!partition_is_split(p))
            run_whole(c);
        else if (how->jobs == 1)
            parallel_run_here(c);
        else
            parallel_run_workers(c);
    }
    report(c, r);
    explorer_free(c->x);
    munmap(c->progress, page);
    free(c);
    return !error[0];
}
