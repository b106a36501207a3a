/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants of every step: which steps can change what they read. All of those conflict with each
 * other, so that each order of them is explored, and after each of them the invariant is evaluated.
 */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "sim/machine.h"

/* Adds to the footprint of a step of this agent what makes it conflict, unless it is there. True if something was added:
 * asked of a step that has been made, what it touched behind its visible action has changed what an invariant reads. */
bool watch_step(const struct machine *, agent_id, struct footprint *);

#endif
