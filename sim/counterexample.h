/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an exploration keeps of its findings: of each kind the best schedule seen. */
#ifndef SIM_COUNTEREXAMPLE_H
#define SIM_COUNTEREXAMPLE_H

#include "sim/explore.h"

enum { MINIMISE_FIRST = 300 }; /* executions with the same finding: see counterexample_keep() */

/*
 * Keeps a finding that stands after the first `length` steps of the execution in which the agents of
 * `path` stepped. `raw`: its schedule as it is; otherwise minimised (sim/minimise.h). It has
 * been found `times` times. Runs the machine again.
 */
void counterexample_keep(struct machine *, struct explore_result *, const struct finding *,
                         const uint8_t *path, uint32_t length, bool raw, uint32_t times);

/* Adds what another part of the exploration has kept, and takes its schedule. Of two equally good
 * ones that which is there stays. */
void counterexample_merge(const struct machine *, struct explore_result *,
                          struct counterexample *from);

#endif
