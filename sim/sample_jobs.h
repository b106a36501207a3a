/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample in one process or in several: for any number the same executions, counts and schedules. */
#ifndef SIM_SAMPLE_JOBS_H
#define SIM_SAMPLE_JOBS_H

#include "sim/parallel.h"

/* As explore() with an algorithm that samples. on_progress of the options is not called. False: a
 * process has died, `error` says how; what was drawn until then counts. */
bool sample_in_jobs(struct machine *, const struct explore_options *, const struct parallel_options *,
                    struct explore_result *, char *error, size_t size);

#endif
