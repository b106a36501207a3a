/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the schedule of a finding as easy to read as it can be. */
#ifndef SIM_MINIMISE_H
#define SIM_MINIMISE_H

#include "sim/schedule.h"

/*
 * Replaces `s`, which leads to the finding, by an equivalent schedule with the fewest switches
 * between agents, without the steps that the finding does not depend on. The result has been run:
 * it leads to the same finding. Leaves `s` as it is if no better one is found.
 */
void minimise(struct machine *, const struct finding *, struct schedule *s);

#endif
