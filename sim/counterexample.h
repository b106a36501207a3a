/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an exploration keeps of its findings: of each kind the best schedule seen. */
#ifndef SIM_COUNTEREXAMPLE_H
#define SIM_COUNTEREXAMPLE_H

#include "sim/explore.h"

/*
 * Keeps a finding that stands after the first `length` steps of the execution in which the agents of
 * `path` stepped. `raw`: its schedule as it is; otherwise minimised (sim/minimise.h). Runs the
 * machine again.
 */
void counterexample_keep(struct machine *, struct explore_result *, const struct finding *,
                         const uint8_t *path, uint32_t length, bool raw);

#endif
