/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The explorer against the counts that others agree on, and how its cost grows. */
#ifndef BENCH_EXPLORE_H
#define BENCH_EXPLORE_H

#include "bench/family.h"

struct bench_explore {
    enum algorithm algorithm;
    const char *only; /* an instance's name (bench/family.h), or NULL: the published list */
    bool growth;      /* the tables of growth instead */
    bool json;
};

/* Prints the tables; false if a program could not be measured, has a finding, or has another number
 * of inequivalent executions than its oracle. */
bool bench_explore(const struct bench_explore *);

#endif
