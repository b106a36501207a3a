/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants and obligations by name, one implementation each. What each says, in the words of the
 * hardware and of KVM, is above its function in invariants.c and obligations.c.
 */
#ifndef SCENARIOS_INVARIANTS_H
#define SCENARIOS_INVARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/machine.h"

struct session;

bool invariant_known(const char *name);
bool obligation_known(const char *name);
const char *invariant_names(void); /* "PI-1, PI-2, ..." */
const char *obligation_names(void);

/* Adds those that the session's scenario names, and makes the memory that they read visible.
 * False: the image lacks a state that one of them needs; `error` names it. */
bool invariants_add(struct session *, char *error);
bool obligations_add(struct session *, char *error);

#endif
