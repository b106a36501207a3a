/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores random programs (tests/support/generator.h) and compares what two explorations reach:
 * final states (shared memory, result registers, who waits for ever, what was seen as regions were
 * left) and findings.
 */
#ifndef TESTS_SUPPORT_DIFFER_H
#define TESTS_SUPPORT_DIFFER_H

#include "tests/support/generator.h"

enum { OUTCOME_SLOTS = 1 << 14 };

struct exploration {
    const char *name;
    enum algorithm algorithm;
    bool every_boundary; /* of interrupts */
    bool every_round;    /* of pause loops */
    bool assume;         /* waits of one round, see struct spec */
    uint64_t limit;      /* executions */
    uint64_t budget;     /* of a task (sim/partition.h), in one process; 0: all in one piece */
};

struct outcome {
    bool incomplete;
    uint64_t findings; /* a bit each: finding_bit() */
    uint64_t visible;  /* bytes, and ... */
    uint32_t observed; /* ... cores, under which the states were reached */
    unsigned count;
    uint64_t state[OUTCOME_SLOTS]; /* hashes, open addressing; 0: free */
    struct explore_result result;  /* numbers alone */
};

/* Puts the program on a machine of its size and model. */
struct program *differ_load(const struct spec *);

/* Explores the program loaded last, from nothing: what is visible is found anew. */
void differ_explore(const struct exploration *, struct outcome *);

/* Do both reach the same? Findings are compared as far as `findings` says. */
bool differ_equal(const struct outcome *, const struct outcome *, uint64_t findings);

/* Leaves out operations as long as `differs` still says yes of what is left. */
void differ_shrink(struct spec *, bool (*differs)(const struct spec *, void *), void *context);

/* Seconds that a test may go on drawing programs: IRQWEAVE_PROPERTY_SECONDS; 0 if it is not set. */
double differ_long_run(void);

#endif
