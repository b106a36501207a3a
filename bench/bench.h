/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark: how fast cores are switched, restarted and explored. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>

/* Runs everything and prints a table, or one JSON object. False: nothing is printed, `error`
 * (SCENARIO_ERROR) says why. */
bool bench_run(bool json, char *error);

/* One row of the result. Rates are per second of wall-clock time, one process on one core. */
struct bench_row {
    char *name;
    double seconds;
    double executions; /* 0: does not apply */
    double steps;      /* scheduling points, those of replayed prefixes included */
    long peak_kib;     /* resident set, of the process so far */
    char error[640];   /* why there is no measurement, or "" */
};

void bench_ping_pong(struct bench_row *);
void bench_store_buffering(struct bench_row *);
void bench_scenario(const char *variant, struct bench_row *);

#endif
