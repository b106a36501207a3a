/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The benchmark: how fast cores are switched, restarted and explored. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

/* Runs everything and prints a table, or with --json one JSON object. Returns the exit code. */
int bench_main(int argc, char **argv);

/* One row of the result. Rates are per second of wall-clock time, one process on one core. */
struct bench_row {
    const char *name;
    double seconds;
    double executions; /* 0: does not apply */
    double steps;      /* scheduling points, those of replayed prefixes included */
    long peak_kib;     /* resident set, of the process so far */
};

void bench_ping_pong(struct bench_row *);
void bench_store_buffering(struct bench_row *);
void bench_scenario(const char *variant, struct bench_row *);

#endif
