/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores a partition (sim/partition.h) in one process or in several. The counts, the findings
 * and their schedules are the same for any number of processes, and the same whether the
 * exploration was interrupted and resumed or not.
 *
 * What is visible: each task begins as if nothing had been touched, so what it finds beyond the
 * visible set depends on the task alone. The first task in order that found more has its findings
 * added, whatever others have found meanwhile is dropped, and everything begins anew. So each
 * visible set follows from the one before, and the last does not depend on who ran what. No set is
 * too small: of two contexts that touch a byte in some execution, both do in the execution
 * explored in its place, since the two agree up to where the byte is first touched by the second.
 */
#ifndef SIM_PARALLEL_H
#define SIM_PARALLEL_H

#include "sim/partition.h"

enum { PARALLEL_MAX_JOBS = 64 };

struct parallel_progress {
    uint64_t executions;
    double fraction; /* of the whole: partition_fraction() */
    double estimate; /* of all executions; 0: not known yet */
    double seconds;  /* of this call ... */
    double earlier;  /* ... and of those before, with the same partition */
    unsigned jobs;   /* processes at work */
};

struct parallel_options {
    unsigned jobs;
    void (*on_progress)(void *context, const struct parallel_progress *);
    void *context;
};

/*
 * Goes on with the partition (partition_begin() or frontier_read() has filled it). Executions and
 * seconds of `options` are those of this call; on_progress of `options` is not called. The result
 * is that of all executions, including those of tasks that were cut off by a bound or by
 * *options->stop, which the partition keeps as waiting. partition_is_done() says whether all is
 * explored. False: a process has died, `error` says how; what was done until then stays.
 */
bool parallel_explore(struct machine *, const struct explore_options *options,
                      const struct parallel_options *, struct partition *, struct explore_result *,
                      char *error, size_t size);

#endif
