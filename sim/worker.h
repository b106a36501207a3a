/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that run tasks of a partition for sim/parallel_workers.c. */
#ifndef SIM_WORKER_H
#define SIM_WORKER_H

#include <sys/types.h>

#include "sim/partition.h"

/* What a task came to. */
struct outcome {
    bool stable; /* false: more turned out visible, only that and the steps count */
    struct explore_result result;
    struct rest rest;
    uint64_t *found; /* addresses beyond the visible set */
    uint32_t found_count;
    uint32_t observed; /* cores of which every boundary matters */
};

/* Runs the task; the visible set of the partition is put in force for it. */
void outcome_run(struct outcome *, struct explorer *, const struct partition *, struct machine *,
                 const struct task *);
void outcome_free(struct outcome *);

static inline bool outcome_is_cut(const struct outcome *o)
{
    return o->result.bounds & CUTTING_BOUNDS;
}

/* In memory that both processes see. */
struct worker_progress {
    uint64_t executions;
    double fraction; /* of the task */
};

struct worker {
    pid_t pid; /* 0: none */
    int socket;
    bool busy;
    uint32_t ahead; /* the task's place among those that wait */
    volatile struct worker_progress *progress;
};

/* Forks a process that runs tasks of this partition until it is told to end. */
bool worker_start(struct worker *, struct machine *, const struct explore_options *,
                  const struct partition *, volatile struct worker_progress *);

/* False: the process is gone. */
bool worker_send(struct worker *, const struct task *);
bool worker_receive(struct worker *, struct outcome *);

/* Asks it to cut its task off; the outcome comes as always. */
void worker_interrupt(const struct worker *);

/* The process has ended by itself: says how. */
void worker_bury(struct worker *, char *error, size_t size);

/* Ends it, whatever it does. Returns its status, as waitpid() has it. */
int worker_end(struct worker *);

#endif
