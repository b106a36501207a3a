/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which agents have to be tried at which state. The path from the start to the current state is
 * a list of nodes; `depth` is where the execution stands, nodes beyond it wait to be executed.
 */
#ifndef SIM_DPOR_H
#define SIM_DPOR_H

#include "sim/explore.h"
#include "sim/history.h"
#include "sim/task.h"
#include "sim/wakeup.h"

struct node {
    uint64_t enabled;   /* and allowed by the bound of the preemptions */
    uint64_t sleep;     /* agents whose next step leads nowhere new from here */
    uint64_t done;      /* tried from here, or being tried */
    uint64_t backtrack; /* to be tried from here (all algorithms but optimal) */
    struct wakeup *tree; /* schedules to be tried from here (optimal) */
    /* Steps of the agents in `sleep` and `done` in dpor.asleep, from .. to. */
    uint32_t asleep, asleep_end;
    uint64_t strict_sleep; /* of `sleep`: only the rule of source sets holds, see race.c */
    bool strict;        /* ... and for all of `sleep`, `tree` and `done` from now on */
    uint8_t chosen;
};

/* The next step of an agent that is asleep at a node. It stays the same as long as the agent sleeps:
 * whatever it depends on would wake it. */
struct asleep {
    uint32_t agent;
    uint32_t count;
    uint32_t first; /* in dpor.access */
};

/* A race whose reversal has not been explored for certain. */
struct open_race {
    uint32_t earlier, later; /* events */
    uint64_t first;          /* agents with which the reversal can begin, whatever comes later ... */
    bool certain;            /* ... if it is known what the later event touches when it is first */
};

struct dpor {
    enum algorithm algorithm;
    struct history history;
    struct node *node;
    uint32_t count;  /* nodes with a choice */
    uint32_t depth;  /* of them executed */
    uint32_t capacity;
    uint64_t sleep;  /* of the state at `depth`, before a node is made of it */
    uint8_t last;    /* agent that stepped last */

    /* A task: the nodes before `root` belong to others, who are asked to try more there. */
    uint32_t root;
    struct task_request *request;
    uint32_t request_count, request_capacity;

    struct asleep *asleep; /* node by node; at the end those of the state at `depth`, from: */
    uint32_t sleepers;
    uint32_t asleep_count, asleep_capacity;
    struct access *access;
    uint32_t access_count, access_capacity;

    /* optimal alone */
    uint64_t strict_sleep; /* of `sleep` */
    struct wakeup *guide; /* how the execution has to go on */
    struct sequence sequence;

    struct open_race *race; /* source has only those that are not certain */
    uint32_t race_count, race_capacity;
};

void dpor_init(struct dpor *, unsigned agents, enum algorithm);
void dpor_free(struct dpor *);

/* Makes a node of the current state, in which these agents may step. False if none of them leads
 * anywhere new. */
bool dpor_new_node(struct dpor *, uint64_t enabled);

/* The chosen agent of the node at `depth` has made the step with this footprint. */
void dpor_advance(struct dpor *, const struct footprint *);

/* An agent that sleeps at the state at `depth`, and its next step. */
void dpor_note_asleep(struct dpor *, unsigned agent, const struct footprint *);

/* After an execution: chooses where the next one leaves it. False if all has been tried. */
bool dpor_backtrack(struct dpor *);

/* One more node at the end of the path, for the caller to fill in. */
struct node *dpor_add_node(struct dpor *);

/* Does the algorithm look for races? Others keep no history. */
bool dpor_finds_races(const struct dpor *);

/* The agents that are left to be tried at the node, in that order; returns how many. */
unsigned dpor_pending(const struct dpor *, const struct node *, uint8_t agent[64]);

/* race.c: see to it that the reversal of the race of event e with the newest event is explored. */
void dpor_reverse(struct dpor *, uint32_t e);

/* race.c: the same for a race on the path of a task. Others have seen it, so it is kept only if its
 * reversal depends on what comes later; says whether it does. */
bool dpor_keep_uncertain(struct dpor *, uint32_t e);

/* race.c: at the end of an execution, for the races that dpor_reverse() has left open. */
void dpor_reverse_open(struct dpor *);

#endif
