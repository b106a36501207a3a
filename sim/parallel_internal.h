/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that explore a partition in one process or in several, for nobody else. */
#ifndef SIM_PARALLEL_INTERNAL_H
#define SIM_PARALLEL_INTERNAL_H

#include "sim/parallel.h"
#include "sim/worker.h"

enum { RUN_AHEAD = 1024 };

struct parallel {
    struct machine *m;
    struct explore_options options; /* of tasks that run in this process */
    const struct explore_options *asked;
    const struct parallel_options *how;
    struct partition *p;
    struct explorer *x;
    struct explore_result partial; /* of tasks that the partition keeps as waiting */
    uint64_t before; /* executions of the partition that are not of this call */
    double started;
    bool stopped;
    char *error;
    size_t error_size;

    struct worker worker[PARALLEL_MAX_JOBS];
    unsigned workers;
    struct worker_progress *progress;
    struct outcome *ready[RUN_AHEAD]; /* of the waiting tasks, from the next one on */
    uint32_t given; /* of them given to somebody */
};

/* Taking results (parallel.c). */
void parallel_add_partial(struct parallel *, struct outcome *);
void parallel_begin_anew(struct parallel *, const struct outcome *);
/* The outcome of the next task, which must be stable: true if it does not exceed the bound. */
bool parallel_take(struct parallel *, struct outcome *);
void parallel_check_bounds(struct parallel *);

void parallel_run_here(struct parallel *);    /* in this process (parallel.c) */
void parallel_run_workers(struct parallel *); /* in several (parallel_workers.c) */

void parallel_show_workers(struct parallel *); /* progress */

#endif
