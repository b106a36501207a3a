/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/partition.h"

#include <stdlib.h>

#include "sim/counterexample.h"
#include "sim/grow.h"

static unsigned lowest(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

static uint32_t add_node(struct partition *p, struct owned_node node)
{
    GROW(p->node, p->node_capacity, p->node_count + 1);
    p->node[p->node_count] = node;
    return p->node_count++;
}

static void add_task(struct partition *p, struct waiting_task task)
{
    GROW(p->task, p->task_capacity, p->task_count + 1);
    p->task[p->task_count++] = task;
    p->waiting += task.weight;
}

/* ---- Beginning and end ---- */

static void clear(struct partition *p)
{
    explore_result_free(&p->total);
    while (p->known_count)
        schedule_free(&p->known[--p->known_count].schedule);
    free(p->visible);
    p->visible = NULL;
    p->node_count = p->task_count = p->next = 0;
    p->done = p->waiting = p->estimate = 0;
    p->total = (struct explore_result){.steps = p->total.steps, .restarts = p->total.restarts,
                                       .seconds = p->total.seconds};
}

void partition_begin(struct partition *p, const struct machine *m)
{
    clear(p);
    p->visible = visible_list(&m->visibility, &p->visible_count);
    p->observed = m->observed_core;
    add_task(p, (struct waiting_task){.node = NO_PARENT, .weight = 1});
}

void partition_free(struct partition *p)
{
    clear(p);
    free(p->node);
    free(p->task);
    *p = (struct partition){0};
}

void partition_show(const struct partition *p, struct machine *m)
{
    visible_reset(&m->visibility, p->visible, p->visible_count);
    m->observed_core = p->observed;
    m->observed_more = false;
}

/* ---- Tasks ---- */

static uint32_t depth_of(const struct partition *p, uint32_t node)
{
    uint32_t depth = 0;
    for (; node != NO_PARENT; node = p->node[node].parent)
        depth++;
    return depth;
}

struct task partition_task(const struct partition *p, uint32_t ahead)
{
    assert(ahead < partition_waiting(p));
    const struct waiting_task *w = &p->task[p->next + ahead];
    struct task t = {.budget = p->budget, .sleep = w->sleep, .length = depth_of(p, w->node),
                     .known = p->known, .known_count = p->known_count};
    struct task_step *step = malloc((t.length + 1) * sizeof *step);
    uint8_t agent = w->agent;
    assert(step);
    uint32_t at = t.length;
    for (uint32_t node = w->node; node != NO_PARENT; node = p->node[node].parent) {
        const struct owned_node *n = &p->node[node];
        step[--at] = (struct task_step){n->enabled, n->sleep | n->roots, agent};
        agent = n->agent;
    }
    t.step = step;
    return t;
}

/* A new task is tried after all that its node has been given before, which therefore sleep. */
static void try_agent(struct partition *p, uint32_t node, unsigned agent, double weight)
{
    struct owned_node *n = &p->node[node];
    uint64_t known = n->sleep | n->roots;
    assert(n->enabled >> agent & 1);
    assert(!(known >> agent & 1));
    n->roots |= 1ull << agent;
    add_task(p, (struct waiting_task){node, (uint8_t)agent, known, weight});
}

/* The nodes of the task's path, each with what is to be tried there. */
static void own(struct partition *p, struct waiting_task from, const struct rest *rest)
{
    double weight = from.weight;
    for (uint32_t i = 0; i < rest->node_count; i++) {
        const struct rest_node *r = &rest->node[i];
        bool last = i + 1 == rest->node_count;
        unsigned tried = (unsigned)__builtin_popcountll(r->tried);
        unsigned ways = tried + (unsigned)__builtin_popcountll(r->pending);
        uint32_t node = add_node(p, (struct owned_node){from.node, from.agent, r->enabled, r->sleep,
                                                        r->tried, weight});
        weight /= ways;
        p->done += weight * (tried - !last);
        for (uint64_t left = r->pending; left; left &= left - 1)
            try_agent(p, node, lowest(left), weight);
        from = (struct waiting_task){.node = node, .agent = r->agent};
    }
}

static void grant(struct partition *p, const uint32_t *path, const struct task_request *r)
{
    uint32_t node = path[r->depth];
    struct owned_node *n = &p->node[node];
    uint64_t agents = r->agents & n->enabled;
    if (!agents || r->agents & (n->sleep | n->roots))
        return;
    unsigned agent = agents >> r->preferred & 1 ? r->preferred : lowest(agents);
    try_agent(p, node, agent, n->weight / (1 + __builtin_popcountll(n->roots)));
}

static void grant_all(struct partition *p, uint32_t node, const struct rest *rest)
{
    uint32_t depth = depth_of(p, node);
    uint32_t *path = malloc((depth + 1) * sizeof *path);
    assert(path);
    for (uint32_t at = depth; at--; node = p->node[node].parent)
        path[at] = node;
    for (uint32_t i = 0; i < rest->request_count; i++) {
        assert(rest->request[i].depth < depth);
        grant(p, path, &rest->request[i]);
    }
    free(path);
}

void partition_remember_known(struct partition *p)
{
    for (; p->known_count < p->total.finding_count; p->known_count++) {
        const struct counterexample *from = &p->total.finding[p->known_count];
        p->known[p->known_count] = (struct counterexample){
            .finding = from->finding, .schedule = schedule_copy(&from->schedule)};
    }
}

/* Tasks that are done make room for new ones, now and then. */
static void forget_done_tasks(struct partition *p)
{
    if (p->next < 1024 || p->next < p->task_count / 2)
        return;
    p->task_count -= p->next;
    memmove(p->task, p->task + p->next, p->task_count * sizeof *p->task);
    p->next = 0;
}

void partition_take(struct partition *p, const struct machine *m, struct explore_result *r,
                    const struct rest *rest)
{
    struct waiting_task done = p->task[p->next++];
    partition_add(m, &p->total, r, p->known_count);
    p->waiting -= done.weight;
    if (!rest->node_count)
        p->done += done.weight;
    grant_all(p, done.node, rest);
    own(p, done, rest);
    if (done.node == NO_PARENT)
        partition_remember_known(p);
    forget_done_tasks(p);
}

void partition_add(const struct machine *m, struct explore_result *to, struct explore_result *from,
                   unsigned known)
{
    to->complete += from->complete;
    to->blocked += from->blocked;
    to->waiting += from->waiting;
    to->cut += from->cut;
    to->redundant += from->redundant;
    to->steps += from->steps;
    to->restarts += from->restarts;
    to->bounds |= from->bounds;
    to->knobs |= from->knobs;
    to->dropped |= from->dropped;
    for (unsigned i = 0; i < from->finding_count; i++) {
        struct counterexample *c = &from->finding[i];
        c->seen -= i < known ? MINIMISE_FIRST : 0;
        if (c->seen)
            counterexample_merge(m, to, c);
        else
            schedule_free(&c->schedule);
    }
    from->finding_count = 0;
}

double partition_fraction(const struct partition *p)
{
    return p->done + p->waiting > 0 ? p->done / (p->done + p->waiting) : 0;
}
