/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs in processes of their own: suspended Unicorn engines cannot be closed, so each session lives
 * and dies with a process. Results come back as JSON through a pipe.
 */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include <jansson.h>
#include <signal.h>

typedef json_t *job_function(void *context, unsigned index);

/* Runs jobs 0 to count - 1, `parallel` at a time; `what` they are, for a progress line. Once `stop` (or
 * NULL) is set, jobs get a SIGTERM. The result of a job that did not return one is
 * {"error": ...}. Free the list, and each result with json_decref(). */
json_t **jobs_run(const char *what, unsigned count, unsigned parallel, job_function *,
                  void *context, const volatile sig_atomic_t *stop);

/* As many as there are processors, at least one. */
unsigned jobs_default(void);

#endif
