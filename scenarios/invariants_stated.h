/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants and obligations that a scenario states itself, as expressions (scenarios/expression.h). */
#ifndef SCENARIOS_INVARIANTS_STATED_H
#define SCENARIOS_INVARIANTS_STATED_H

#include "scenarios/session.h"

/* The longest look of the library's invariants leaves so much room in a footprint for what is stated, with so many cores. */
enum { STATED_CORES_MAX = 4, STATED_LOOKS_MAX = 7, STATED_ALONE_MAX = 32 };

/* An event that `at` may name, a mask of enum step_event; 0: there is none of that name. All names: for messages. */
uint32_t stated_event(const char *name);
const char *stated_event_names(void);

/* What can be said of a rule without an image. False: what is wrong, in `error`. */
bool stated_check(const struct scenario_rule *, bool of_invariants, char *error);

/* Adds the rule to the session's machine. False: `error` says where in the file and what. */
bool stated_invariant_add(struct session *, const struct scenario_rule *, char *error);
bool stated_obligation_add(struct session *, const struct scenario_rule *, char *error);

/* Once all are added: they leave room for each other in a footprint, and hold before anything runs. */
bool stated_ready(struct session *, char *error);

/* Makes what they read visible. */
void stated_show(struct session *);
void stated_free(struct session *);

#endif
