/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The benchmark programs of the explorer, as families with parameters ("petf-4", "seql-3-2"), and the
 * number of inequivalent executions that independent explorers agree on for each: see
 * docs/benchmarks.md. The machine code is in bench/programs.
 */
#ifndef BENCH_FAMILY_H
#define BENCH_FAMILY_H

#include "cpu/program.h"

enum { FAMILY_NAME = 32 };

struct family {
    const char *name;
    unsigned parameters; /* how many: 0 to 2 */
    unsigned least[2], most[2]; /* each parameter */
    const uint8_t *code, *code_end;
    unsigned (*threads)(const unsigned *parameter);
    /* Complete executions; 0 if nobody has published or measured it. */
    uint64_t (*oracle)(const unsigned *parameter, enum memory_model);
    bool assumes; /* executions may stop at an assumption; they count as blocked */
};

struct instance {
    const struct family *family;
    unsigned parameter[2];
    unsigned flags; /* in RDX, for families that have no parameter there: petf, 1 without its fence */
};

/* The instance of this name. False, and a sentence in `error`, if there is none. */
bool instance_find(const char *name, struct instance *, char *error, size_t size);

uint64_t instance_oracle(const struct instance *, enum memory_model);

/* What an exploration of an instance found. */
struct instance_result {
    uint64_t complete;  /* executions in which all assumptions held */
    uint64_t stopped;   /* executions that ended with an assumption that did not hold */
    uint64_t blocked;   /* abandoned by the explorer: everything enabled was asleep */
    uint64_t redundant; /* complete, but equivalent to an earlier one */
    uint64_t steps;
    double seconds;
    enum verdict verdict;
    char finding[200]; /* the first; empty if there is none */
};

/* Explores an opened program and frees it. `assumes`: a thread that ends with R15 = 1 has stopped at
 * an assumption that did not hold. */
void instance_run(struct program *, enum algorithm, bool assumes, struct instance_result *);

void instance_explore(const struct instance *, enum memory_model, enum algorithm,
                      struct instance_result *);

#endif
