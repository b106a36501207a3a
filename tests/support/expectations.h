/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants of scenarios against the verdicts that their scenario.yaml expects. */
#ifndef TESTS_SUPPORT_EXPECTATIONS_H
#define TESTS_SUPPORT_EXPECTATIONS_H

#include "scenarios/session.h"

/* Explores one variant under TSO and SC with the default of each knob. NULL if verdict and findings are
 * those expected; otherwise what is not, in a buffer that the next call reuses. `images`: the folder
 * of the scenarios. */
const char *expectation_failure(const char *images, const char *scenario, const char *variant);

/* ... under one of the memory models alone: halves of a case that is long. */
const char *expectation_failure_under(enum memory_model, const char *images, const char *scenario,
                                      const char *variant);

/* Explorations of many seconds run in release; not under a sanitizer, and not once for each mutant of a
 * run (IRQWEAVE_SKIP_LARGE). */
bool expectation_skips_large(void);

#endif
