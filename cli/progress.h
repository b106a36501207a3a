/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The progress bar of an exploration, on standard error. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "sim/parallel.h"

struct progress {
    const struct explore_options *options; /* for its bounds */
    double shown; /* seconds at which it was drawn last; 0: never */
    bool estimated;
    double started; /* seconds_now(), for progress_show_plain() */
};

/* A parallel_options.on_progress, with a struct progress as context: draws at most 5 times a second. */
void progress_show(void *context, const struct parallel_progress *);

/* The same as an explore_options.on_progress. */
void progress_show_plain(void *context, uint64_t executions, double fraction);

/* Takes the bar off the terminal. */
void progress_clear(struct progress *);

/* "3.2 million" */
void progress_count(double number, char *text, size_t size);

#endif
