/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold: invariants after steps, obligations in terminal states. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "sim/machine.h"

/*
 * Makes the agent's step, whose footprint agent_next() has just told, and completes it: what the
 * step touched behind its visible action, and what the invariants read that are evaluated in it.
 */
void check_step(struct machine *, agent_id, struct footprint *);

/* Looks at a state in which no agent is enabled: livelock, obligations. */
void check_terminal(struct machine *);

/* In such a state: does a core wait in a pause loop although what it waits for may have come? Then
 * it could go on, and the state is not terminal. */
bool check_released(struct machine *);

const char *finding_kind_name(enum finding_kind);

/* Its own name; what has none goes by its kind. */
const char *finding_title(const struct finding *);

/* "messages in flight, seconds" for a mask of enum bound. */
void bounds_describe(uint32_t bounds, char *text, size_t size);

#endif
