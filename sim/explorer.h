/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two ways to drive a machine through executions share: exploring all of them (explore.c)
 * and sampling (sample.c).
 */
#ifndef SIM_EXPLORER_H
#define SIM_EXPLORER_H

#include "sim/dpor.h"
#include "sim/preemption.h"
#include "sim/task.h"

enum outcome {
    OUTCOME_NONE, /* the execution goes on */
    OUTCOME_COMPLETE,
    OUTCOME_BLOCKED,
    OUTCOME_WAITING,
    OUTCOME_BOUND,
};

/* The state before node `depth` is executed. */
struct path_checkpoint {
    uint32_t depth;
    struct checkpoint state;
};

struct explorer {
    struct machine *m;
    const struct explore_options *options;
    const struct task *task;
    struct explore_result *result;
    struct rest *rest; /* what is left of the task; NULL: nobody asks */
    struct dpor dpor; /* empty in a sample */
    struct preemptions preemptions;
    uint32_t known_findings; /* of this execution: found in the shared prefix, kept before */
    uint32_t known_at_root;  /* found on the path of the task */
    uint32_t found_depth[MACHINE_MAX_FINDINGS]; /* steps up to the finding */
    struct path_checkpoint *checkpoint; /* along the path, by depth */
    uint32_t checkpoints, checkpoint_capacity; /* those beyond the count wait to be used again */
    uint8_t *path; /* agents of this execution, for findings */
    uint64_t max_steps;
    uint64_t look; /* at the clock behind so many executions */
    double started;
};

/* Does the algorithm draw a sample? */
static inline bool explorer_samples(const struct explore_options *o)
{
    return o->algorithm >= ALGORITHM_COUNT;
}

/* Runs the cores to their first visible steps and forgets all results but what the task knows of
 * others. False if more turned out visible on the way. */
bool explorer_begin(struct explorer *);

/* Has the execution shown more to be visible than is in force? */
bool explorer_saw_more(const struct explorer *);

/* The machine stands where this execution leaves those before: what has been found up to here
 * belongs to them. */
void explorer_note_known(struct explorer *);

/* How the execution ends after `depth` steps, in a state in which these agents are enabled, if it
 * does. */
enum outcome explorer_end(struct explorer *, uint64_t enabled, uint32_t depth);

/* Makes the agent's step as check_step() does; `depth` steps come before it. */
void explorer_step(struct explorer *, agent_id, struct footprint *, uint32_t depth);

/* Forgets all results, and takes over what the task knows of others. */
void explorer_seed_results(struct explorer *);

/* The execution has ended: counts it, so many times, and keeps its findings. Runs the machine again. */
void explorer_count(struct explorer *, enum outcome, uint32_t times);

/* A checkpoint of the state after `depth` steps, to which explorer_go_back() goes while it is the
 * newest. */
void explorer_take_checkpoint(struct explorer *, uint32_t depth);
void explorer_go_back(struct explorer *);

/* Is there to be no other execution? */
bool explorer_is_done(struct explorer *);

#endif
