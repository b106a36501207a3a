/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exploration: runs all inequivalent schedules of a machine and says what can go wrong.
 *
 * Two schedules are equivalent if one becomes the other by exchanging neighbouring steps that do
 * not conflict (sim/footprint.h). `optimal` is dynamic partial-order reduction with source
 * sets, sleep sets and wake-up trees, `source` the same without the trees (Abdulla, Aronis,
 * Jonsson, Sagonas, JACM 2017); `sleep` uses sleep sets alone; `dfs` runs every schedule and is the
 * reference that the others are tested against. `pct` and `random` draw a sample of the schedules
 * instead, which is never the reason for "safe"; see sim/sample.c.
 */
#ifndef SIM_EXPLORE_H
#define SIM_EXPLORE_H

#include <signal.h>

#include "sim/schedule.h"

enum algorithm {
    ALGORITHM_OPTIMAL,
    ALGORITHM_SOURCE,
    ALGORITHM_SLEEP,
    ALGORITHM_DFS,
    ALGORITHM_COUNT, /* of those that explore all executions; the others sample */
    ALGORITHM_PCT = ALGORITHM_COUNT,
    ALGORITHM_RANDOM,
    ALGORITHM_NAMES
};

extern const char *const algorithm_name[ALGORITHM_NAMES];

enum verdict { VERDICT_SAFE, VERDICT_VIOLATION, VERDICT_INCOMPLETE };

const char *verdict_name(enum verdict); /* "safe", "violation", "incomplete" */

struct explore_options {
    enum algorithm algorithm;
    uint64_t max_executions; /* 0: no bound, but a sample without any bound has 1,000 */
    double max_seconds;      /* 0: no bound */
    uint64_t max_steps;      /* of one execution; 0: 60,000, and no more */
    bool bound_preemptions;  /* of one execution (sim/preemption.h), to max_preemptions */
    uint64_t max_preemptions;
    uint64_t seed;           /* of a sample; 0: 1 */
    unsigned pct_depth;      /* of the violations looked for, 1 to PCT_DEPTH_MAX; 0: 3 */
    bool stop_at_first;      /* end with the first violation, or if there are names in `wanted`, ... */
    char *const *wanted;     /* ... when each has been found: finding_title() */
    unsigned wanted_count;
    bool every_round;        /* rounds of pause loops made in vain are followed by others */
    bool raw;                /* leave the schedules of findings as they were found */
    /* Called at the end of each complete execution, with the machine in its terminal state. */
    void (*on_complete)(void *context, struct machine *);
    /* Called now and then, for a progress line; `fraction` has been explored: see task_fraction(). */
    void (*on_progress)(void *progress_context, uint64_t executions, double fraction);
    void *context, *progress_context;
    const volatile sig_atomic_t *stop; /* not 0: end after this execution; NULL: nobody asks */
};

enum { EXPLORE_MAX_FINDINGS = 16, EXPLORE_MAX_STEPS = 60000, PCT_DEPTH_MAX = 32 };

/* Puts what explore() uses where an option is 0 or does not fit the others. */
void explore_defaults(struct explore_options *);

/* Can it be split into tasks (sim/task.h)? A sample cannot, and how many preemptions there were
 * before a task, tasks do not know. */
bool explore_is_divisible(const struct explore_options *);

/*
 * Are all races of the machine about memory, so that what a step touches does not depend on who comes
 * first? Not with interrupts, devices, or invariants at events. Wake-up trees need that: without it
 * ALGORITHM_OPTIMAL goes by source sets.
 */
bool explore_is_about_memory(const struct machine *);

/* Plain DFS and samples do not look for equivalent executions, and a bound of the preemptions lets
 * the other algorithms run some: explore_result.redundant says nothing then. */
bool explore_counts_redundant(const struct explore_options *);

/* What a sample has shown about the program. */
struct sample_measure {
    uint64_t seen;       /* agents that were ever enabled, a bit each */
    uint32_t steps;      /* of the longest execution */
    uint32_t drawn;      /* k: changes are drawn from so many steps, or 0: nothing is known yet */
    uint64_t executions; /* that were drawn from those, and were no longer */
};

static inline unsigned sample_agents(const struct sample_measure *measure)
{
    return (unsigned)__builtin_popcountll(measure->seen);
}

/* A kind of violation, with the best schedule seen for it (fewest switches, then fewest steps). */
struct counterexample {
    struct finding finding;
    uint64_t seen; /* how often it was found */
    struct schedule schedule;
};

struct explore_result {
    enum verdict verdict;
    uint64_t complete;  /* executions that reached a terminal state or a finding */
    uint64_t blocked;   /* abandoned: everything enabled was asleep, or ... */
    uint64_t waiting;   /* ... a core in a pause loop had made a round in vain (cpu/spin.c) */
    uint64_t cut;       /* off at a bound of the steps */
    uint64_t redundant; /* complete, but equivalent to an earlier one: see above; 0 with sleep sets */
    uint64_t steps;     /* all, replayed ones included */
    uint64_t restarts;  /* explorations begun anew because more memory turned out visible */
    double seconds;
    uint32_t bounds;    /* enum bound */
    uint64_t knobs;     /* consulted, a bit a knob */
    bool about_memory;  /* explore_is_about_memory() */
    uint64_t visible_bytes;
    struct sample_measure sample;
    unsigned finding_count;
    struct counterexample finding[EXPLORE_MAX_FINDINGS];
    uint64_t dropped; /* kinds found beyond those, without a schedule: finding_bit() */
};

/* Has a finding of this name, or kind if it has no name, been found? */
bool explore_found(const struct explore_result *, const struct machine *, const char *title);

static inline uint64_t explore_executions(const struct explore_result *r)
{
    return r->complete + r->blocked + r->cut;
}

/* The machine must be set up (cores at the end of set-up). */
void explore(struct machine *, const struct explore_options *, struct explore_result *);
void explore_result_free(struct explore_result *);

#endif
