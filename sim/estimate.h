/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many executions an exploration will take, from a few random descents (Knuth, Estimating the
 * efficiency of backtrack programs, 1975): the product of the number of ways on at each node of a
 * random path, averaged over the paths. Here a node's ways are those that the races of this one
 * execution ask for; other executions ask for more, and not every way is equally likely to be
 * drawn. So it says which power of ten to expect, give or take a few, and no more.
 */
#ifndef SIM_ESTIMATE_H
#define SIM_ESTIMATE_H

#include "sim/explore.h"

/* The machine has its start snapshot. Touches memory: the visible set has to be put in force again
 * (partition_show). */
double estimate_executions(struct machine *);

#endif
