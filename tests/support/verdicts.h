/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants of scenarios against a table of expectations. */
#ifndef TESTS_SUPPORT_VERDICTS_H
#define TESTS_SUPPORT_VERDICTS_H

#include "scenarios/session.h"

struct verdict_row {
    char variant[16];
    int tso, sc;      /* enum verdict: safe or violation */
    char finding[24]; /* these must be among those found where there is a violation: the loss ... */
    char broken[8];   /* ... and the invariant; empty: none */
    int large;        /* too long under a sanitizer */
};

/* Is there a finding of this name? */
bool verdict_found(const struct explore_result *, const char *name);

/* Explores and compares, or ends the test; returns the knobs consulted. */
uint32_t verdict_check(struct session *, const struct verdict_row *, enum memory_model,
                       const struct knobs *);

/* With the defaults, and then with each other value of each knob that these runs consult. */
void verdict_check_all_knobs(struct session *, const struct verdict_row *, enum memory_model);

/* Large rows run in release; not under a sanitizer, and not once for each mutant of a run. */
bool verdict_skips_large(void);

#endif
