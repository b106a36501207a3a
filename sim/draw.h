/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One execution of a sample before it is run: the choices of its scheduler, from a stream of random
 * numbers of its own, so that it is the same whoever runs it, and after whichever others. sim/sample.c
 * says what the schedulers are.
 */
#ifndef SIM_DRAW_H
#define SIM_DRAW_H

#include "sim/explore.h"

struct draw {
    uint64_t random;
    uint64_t order; /* draws that begin alike have numbers close to each other */
    uint32_t change[PCT_DEPTH_MAX]; /* before step change[i], counted from 1, whoever would make it
                                       falls to priority i; 0: done */
    uint8_t priority[MACHINE_MAX_AGENTS];
};

/* Draw `number` of the sample; executions have about `steps` steps, 0: nobody knows. */
void draw_make(struct draw *, const struct explore_options *, const struct machine *,
               uint64_t number, uint32_t steps);

/* Who of `enabled` makes the step that `depth` steps come before. To be asked once for each. */
agent_id draw_choose(struct draw *, const struct explore_options *, uint64_t enabled,
                     uint32_t depth);

#endif
