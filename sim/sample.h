/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executions drawn at random, for what is too large to be explored; see sample.c. */
#ifndef SIM_SAMPLE_H
#define SIM_SAMPLE_H

#include "sim/explorer.h"

/* A sample under the visible set in force; false if an execution found more to be visible. */
bool sample_all(struct explorer *);

/* The probability with which an execution shows a violation of the depth of the options, at least;
 * 0 if nothing is known about it. */
double sample_probability(const struct explore_options *, const struct explore_result *);

/* What the sample guarantees, in words. */
void sample_guarantee(const struct explore_options *, const struct explore_result *, char *text,
                      size_t size);

#endif
