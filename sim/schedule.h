/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Schedules: who steps when. A schedule prints as a short string that can be pasted into a mail:
 *
 *     c0@153.2   core 0 runs until it has retired 153 instructions and made 2 accesses of the next
 *     b1*3       three stores of core 1 reach memory
 *     d0         device 0 acts
 *     m1.0       message number 0 of source 1 (a core, or cores + device) arrives
 *
 * Positions count instructions and accesses, so that a string means the same whatever is visible.
 */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "sim/machine.h"

/* Far above the steps that exploration allows an execution. */
enum { SCHEDULE_CHOICES_MAX = 1000000 };

struct choice {
    uint8_t agent;
    uint8_t kind;    /* enum agent_kind */
    uint32_t acount; /* core: its position after the step ... */
    uint64_t icount; /* ... ; message: its number */
};

struct schedule {
    struct choice *choice;
    unsigned count, capacity;
};

void schedule_add(struct schedule *, struct choice);
struct schedule schedule_copy(const struct schedule *);
void schedule_clear(struct schedule *);
void schedule_free(struct schedule *);

/* What the agent's step, just done, was. For a message call it before the step. */
struct choice schedule_choice(struct machine *, agent_id);

/* A fresh string (free it). */
char *schedule_print(const struct machine *, const struct schedule *);

/* False: `error` says at which character, what is wrong, and what would be right. */
bool schedule_parse(const struct machine *, const char *text, struct schedule *, char *error,
                    size_t size);

/* How often the schedule switches between agents. */
unsigned schedule_switches(const struct schedule *);

struct trace {
    struct step *step;
    unsigned count, capacity;
    unsigned finding_count;
    struct finding finding[MACHINE_MAX_FINDINGS];
    uint64_t dropped; /* a bit a kind of finding beyond those, see machine_dropped() */
};

/*
 * Runs the schedule from the start snapshot (the caller has called core_ops.begin) and records
 * each step. False if the schedule does not fit this machine: `error` says at which choice.
 */
bool schedule_replay(struct machine *, const struct schedule *, struct trace *, char *error,
                     size_t size);
void trace_free(struct trace *);

#endif
