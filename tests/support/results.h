/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results of two explorations that ought to be one and the same. */
#ifndef TESTS_SUPPORT_RESULTS_H
#define TESTS_SUPPORT_RESULTS_H

#include "sim/explore.h"

/* Where they differ, up to the schedules of their findings; NULL if nowhere. Time does not count. */
const char *result_difference(const struct machine *, const struct explore_result *,
                              const struct explore_result *);

#endif
