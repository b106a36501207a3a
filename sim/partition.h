/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exploration as a set of tasks (sim/task.h), so that several processes can share it and an
 * interrupted one can go on later.
 *
 * A task that has used up its budget hands on the nodes it stands on. They are owned by the
 * partition from then on, and whatever is to be tried at one of them is a task. Tasks have numbers
 * in the order in which they came to be, and their results are taken in that order: then which
 * tasks there are, and who sleeps in them, does not depend on who ran them, nor on when. An agent
 * sleeps in a task if it was asleep at the node, or has been given a task there before: its own
 * task explores what begins with it.
 */
#ifndef SIM_PARTITION_H
#define SIM_PARTITION_H

#include "sim/task.h"

enum { PARTITION_BUDGET = 4096 }; /* executions of a task: see docs/architecture.md */

/* A node with more than one way on. */
struct owned_node {
    uint32_t parent; /* NO_PARENT: the start */
    uint8_t agent;   /* the step from there */
    uint64_t enabled;
    uint64_t sleep;
    uint64_t roots;  /* agents with a task, or explored from here */
    double weight;   /* of the tree behind it, of 1 */
};

struct waiting_task {
    uint32_t node;  /* NO_PARENT: all there is to explore */
    uint8_t agent;  /* its first step from there */
    uint64_t sleep;
    double weight;
};

enum { NO_PARENT = ~0u };

struct partition {
    uint64_t budget; /* of a task */
    struct owned_node *node;
    struct waiting_task *task; /* those from `next` on are waiting */
    uint32_t node_count, node_capacity;
    uint32_t next, task_count, task_capacity;
    double done;     /* weight of what has been explored */
    double waiting;  /* weight of the tasks that wait */
    double estimate; /* of all executions, made from the first task; 0: it was all */
    bool misfit;     /* a task's path does not exist: read from a file for another machine */
    struct explore_result total;
    /* Findings of the first task: the others need not minimise what is worse. */
    struct counterexample known[EXPLORE_MAX_FINDINGS];
    unsigned known_count;
    /* The visible set, and cores of which every boundary matters. */
    struct visible_range *visible;
    unsigned visible_count;
    uint32_t observed;
};

/* One task: all there is to explore, with what is visible now. Keeps steps, restarts and seconds. */
void partition_begin(struct partition *, const struct machine *);
void partition_free(struct partition *);

static inline bool partition_is_done(const struct partition *p)
{
    return p->next == p->task_count;
}

/* Has the whole been split? Until then the visible set may grow without a new beginning. */
static inline bool partition_is_split(const struct partition *p)
{
    return p->node_count;
}

/* A waiting task, 0: the next one. Free task.step with free(). */
struct task partition_task(const struct partition *, uint32_t ahead);

static inline uint32_t partition_waiting(const struct partition *p)
{
    return p->task_count - p->next;
}

/* Tasks that are made from now on know the findings of the total. */
void partition_remember_known(struct partition *);

/* Takes the result of the next task (what is in it is used up) and what it has left. */
void partition_take(struct partition *, const struct machine *, struct explore_result *,
                    const struct rest *);

/* Adds counts and findings of a task to those of others. The first `known` findings are those that
 * the task knew at its start. */
void partition_add(const struct machine *, struct explore_result *to, struct explore_result *from,
                   unsigned known);

/*
 * How much of the whole has been explored, from 0 to 1, if all subtrees of a node were of one size
 * (Knuth, Estimating the efficiency of backtrack programs, 1975; along the paths that were really
 * taken: Kilby, Slaney, Thiebaux and Walsh, Estimating search tree size, 2006). Ways on that no race
 * has asked for yet are not known, and subtrees are of very different sizes. After the first task the
 * estimate of all executions was between 4 times too high and 5 times too low (posted-delivery, 14
 * explorations of 9,000 to 232,000 executions), once 12 times too low. It becomes better slowly: after
 * a tenth of the executions of the largest it was still 5 times too low, after half of them 1.4
 * times, so that there is nothing to be had from averages over the first tasks. Random descents,
 * which learn of a node's ways from one execution only, were 240 times too low.
 */
double partition_fraction(const struct partition *);

/* Makes this visible set the one in force in the machine, as if nothing had been touched. */
void partition_show(const struct partition *, struct machine *);

#endif
