/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A measurement in a process of its own, so that none warms or burdens the next. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

/* Runs work(task, result) in a child and brings back `size` bytes of result (less than a pipe takes
 * at once) and the child's peak resident set. False if it ended without a result. */
bool process_run(void (*work)(const void *task, void *result), const void *task, void *result,
                 size_t size, long *peak_kib);

#endif
