/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wake-up trees (Abdulla, Aronis, Jonsson, Sagonas: Source sets: a foundation for optimal dynamic
 * partial order reduction, JACM 2017): at a state, the beginnings of schedules that have yet to be
 * explored from it, sharing their common parts.
 */
#ifndef SIM_WAKEUP_H
#define SIM_WAKEUP_H

#include <string.h>

#include "sim/history.h"

/* A step of such a schedule. */
struct wakeup {
    struct wakeup *child; /* what comes after it, in the order in which it will be tried */
    struct wakeup *next;  /* the alternative to be tried after this one */
    uint8_t agent;
    uint32_t count;
    struct access access[];
};

/* Events of the current history in its order, of which some may have been taken out again: always
 * the first ones of an agent. */
struct sequence {
    uint32_t *event;    /* by index */
    uint32_t *next;     /* position of the same agent's next event, or NO_EVENT */
    uint32_t count, capacity;
    uint64_t agents;     /* that have events left; for those: */
    uint32_t first[64];  /* position of the first event left */
    uint32_t last[64];   /* position of the last event */
    uint32_t number[64]; /* number (struct event) of the first event left */
    /* By unit: drains decide whether a load is forwarded (ACCESS_FORWARDED). */
    uint32_t taken_drain[64]; /* newest store whose drain has been taken out; 0: none */
    uint32_t missed_drain[64]; /* oldest store whose drain comes only after the sequence; 0: none */
};

void sequence_clear(struct sequence *);
void sequence_add(struct sequence *, const struct history *, uint32_t event);

/* The sequence does without this event, which comes before later ones of it in the history. */
void sequence_miss(struct sequence *, const struct history *, uint32_t event);

void sequence_free(struct sequence *);

static inline bool sequence_has(const struct sequence *v, unsigned agent)
{
    return v->agents >> agent & 1;
}

/* The first event of the sequence that conflicts with this step of the agent; NO_EVENT if the step
 * could as well come before all of them, or is the agent's step in the sequence and can come
 * first. */
uint32_t sequence_wakes(const struct sequence *, const struct history *, unsigned agent,
                        const struct access *, uint32_t count);

/* Events with all that happened before them: for each agent, how many of its own. */
struct past {
    uint16_t number[64];
};

void past_add(struct past *, const struct history *, uint32_t event);

/*
 * Adds what is needed of the sequence to the tree whose first alternatives are in *tree, unless a
 * schedule of the tree covers the sequence already; more is needed if that is what it takes to
 * conflict with each alternative that will be tried before. The sequence is used up. Returns
 * the newest event on which it depended that the sequence is covered now, or NO_EVENT if that
 * depended on all of it.
 */
uint32_t wakeup_insert(struct wakeup **tree, const struct history *, struct sequence *,
                       struct past *needed);

/* Adds an agent as a schedule of one step, for nodes that go by source sets alone. */
void wakeup_add_leaf(struct wakeup **tree, unsigned agent);

/* Takes the first alternative off *tree; what comes after it replaces *after. */
unsigned wakeup_take(struct wakeup **tree, struct wakeup **after);

void wakeup_free(struct wakeup *);

#endif
