/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executions drawn at random, for what is too large to be explored; see sample.c. */
#ifndef SIM_SAMPLE_H
#define SIM_SAMPLE_H

#include "sim/task.h"

/* A sample under the visible set in force, or the part of one that the task asks for; false if an
 * execution found more to be visible. */
bool sample_all(struct explorer *);

/* Runs a part of a batch and adds what it has shown. After explorer_begin(). */
bool sample_run_part(struct explorer *, const struct sample_part *, struct sample_measure *);

/* The batch behind another, or the first behind a zeroed one, all its parts as one. */
struct sample_part sample_next_batch(const struct explore_options *, const struct explore_result *,
                                     const struct sample_part *before);

/* Adds what all parts of a batch together have shown. */
void sample_take_batch(struct explore_result *, const struct sample_part *batch,
                       const struct sample_measure *);

/* All batches have been run. */
void sample_conclude(struct explore_result *);

/* The probability with which an execution shows a violation of the depth of the options, at least;
 * 0 if nothing is known about it. */
double sample_probability(const struct explore_options *, const struct explore_result *);

/* What the sample guarantees, in words. */
void sample_guarantee(const struct explore_options *, const struct explore_result *, char *text,
                      size_t size);

#endif
