/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of an exploration: everything behind a path from the start, as far as a number of
 * executions goes. What is left then is handed back, as nodes that the task owns no longer and
 * agents to be tried at them, each a task of its own (sim/partition.h).
 *
 * Nodes before the task's root, the end of its path, belong to others. A race with a step there
 * becomes a request: try one of these agents, unless one of them has been or will be tried. That
 * is the rule of source sets, which does not ask in which order the agents are tried. The rule of
 * wake-up trees, that an agent asleep covers a schedule it is merely independent of, does ask: it
 * relies on what the agent's exploration has inserted before others began. So it is used only for
 * agents that the task itself has put to sleep. One that slept already at the root covers what it
 * can begin, and no more.
 */
#ifndef SIM_TASK_H
#define SIM_TASK_H

#include "sim/explore.h"

struct task_step {
    uint64_t enabled;
    uint64_t covered; /* asleep, tried, or to be tried, before this step */
    uint8_t agent;
};

/* Executions of a sample (sim/sample.h): of `count` draws from `first` on, those of one of `parts`
 * parts. They have about `steps` steps; 0: nobody knows. */
struct sample_part {
    uint64_t first;
    uint32_t count, steps;
    uint32_t part, parts;
};

struct task {
    const struct task_step *step; /* from the start */
    uint32_t length;
    uint64_t sleep;  /* before the last step: agents that lead nowhere new */
    uint64_t budget; /* executions; 0: no end */
    /* Findings of earlier tasks: what is worse than these need not be minimised. */
    const struct counterexample *known;
    unsigned known_count;
    struct sample_part part; /* if the algorithm samples; count 0: the whole sample */
};

/* One of `agents` is to be tried after the first `depth` steps of the task, `preferred` if it is
 * among them. */
struct task_request {
    uint32_t depth;
    uint32_t preferred;
    uint64_t agents;
};

/* A node behind the task's path, each the one before and one step. */
struct rest_node {
    uint64_t enabled, sleep;
    uint64_t tried;   /* the one that leads to the next node included */
    uint64_t pending; /* begun by nobody */
    uint8_t agent;    /* to the next node; of no meaning in the last */
};

/* What a task leaves to others. */
struct rest {
    struct rest_node *node;
    struct task_request *request;
    uint32_t node_count, request_count; /* no nodes: the task is done */
    bool misfit; /* the machine could not go along the path: nothing was explored */
};

/* Runs tasks, one after the other, on one machine. */
struct explorer;

/* The options, to which explore_defaults() has been applied, stay in use. */
struct explorer *explorer_new(struct machine *, const struct explore_options *);
void explorer_free(struct explorer *);

/* Explores the task under the visible set in force. False: it found more to be visible, and its
 * result means nothing. A result with a bound of CUTTING_BOUNDS is partial, and has no rest. */
bool explorer_run(struct explorer *, const struct task *, struct explore_result *, struct rest *);

enum { CUTTING_BOUNDS = BOUND_EXECUTIONS | BOUND_SECONDS | BOUND_INTERRUPT };

/* Verdict, knobs and visible bytes of a result whose executions have all been counted. */
void explore_conclude(const struct machine *, struct explore_result *);

void rest_free(struct rest *);

/* ---- task.c, for the explorer ---- */

struct dpor;

/* Goes along the path up to before the task's last step, which the next execution makes. False if
 * other agents are enabled on it than the task says: it belongs to another machine. */
bool task_enter(struct dpor *, struct machine *, const struct task *);

/* After dpor_backtrack(): hands all that is left to the others. */
void task_leave(const struct dpor *, struct rest *);

/* Moves the requests to where they outlive the task. */
void task_take_requests(struct dpor *, struct rest *);

/* How much of the tree behind the root has been explored, from 0 to 1, if all subtrees of a node
 * were of one size (the weighted backtrack estimator). */
double task_fraction(const struct dpor *);

#endif
