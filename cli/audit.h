/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of `irqweave audit`. One variant's audit is an object, from the processes that explore to the output:
 *
 *     {"variant", "summary", "baseline": {...}, "max_executions", "mutations": [{"key", "kind", "function", "file", "line",
 *      "instruction", "outcome", "findings", ...}]}
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include <jansson.h>

#include "cli/cli.h"

enum audit_outcome {
    AUDIT_LOAD_BEARING, /* a race without it */
    AUDIT_ALONE,        /* without it the code fails even where nobody interferes */
    AUDIT_UNDECIDED,    /* a bound was hit */
    AUDIT_NO_DIFFERENCE,
    AUDIT_UNREACHED,    /* no execution of the code as it is comes there */
    AUDIT_OUTCOMES
};

/* As JSON has it: "load-bearing", "fails alone", "undecided", "no difference", "not reached" */
extern const char *const audit_outcome_name[AUDIT_OUTCOMES];

struct audit {
    const struct options *options;
    const struct scenario *scenario;
    const struct scenario_variant *variant;
    json_t *result; /* filled as it goes */
    json_t **todo;  /* mutations to be explored, in result */
    unsigned todo_count;
};

/* A job_function, with a struct audit as context: the code as it is, and what can be removed from it. */
json_t *audit_baseline_job(void *audit, unsigned index);

/* A job_function: explores todo[index]; what is to be added to that object. */
json_t *audit_mutation_job(void *audit, unsigned index);

/* The table, and the interleavings. */
void audit_print(const struct audit *);

#endif
