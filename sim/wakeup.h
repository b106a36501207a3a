/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wake-up trees (Abdulla, Aronis, Jonsson, Sagonas: Source sets: a foundation for optimal dynamic
 * partial order reduction, JACM 2017): at a state, the beginnings of schedules that have yet to be
 * explored from it, sharing their common parts.
 */
#ifndef SIM_WAKEUP_H
#define SIM_WAKEUP_H

#include "sim/history.h"

/* A step of such a schedule. */
struct wakeup {
    struct wakeup *child; /* what comes after it, in the order in which it will be tried */
    struct wakeup *next;  /* the alternative to be tried after this one */
    uint8_t agent;
    bool uncertain;       /* what it will touch is not known: it conflicts with everything */
    bool doubtful;        /* an uncertain step hides whether those before it cover it */
    uint32_t count;
    struct access access[];
};

/* A drain that a sequence leaves out: the loads of its core see the store buffer for longer. */
struct left_out {
    uint32_t event;
    struct access access;
};

/* Events of the current history, by index, in an order that respects who happened before whom. */
struct sequence {
    uint32_t *event;
    uint32_t count, capacity;
    struct left_out *left_out;
    uint32_t left_out_count, left_out_capacity;
    bool forwards;      /* some loads conflict with less than they did in the history */
    uint32_t uncertain; /* the event whose footprint may be another there, or NO_EVENT */
};

void sequence_clear(struct sequence *);
void sequence_add(struct sequence *, uint32_t event);
void sequence_leave_out(struct sequence *, const struct history *, uint32_t event);
void sequence_complete(struct sequence *, const struct history *); /* all has been added */
void sequence_free(struct sequence *);

bool sequence_has(const struct sequence *, const struct history *, unsigned agent);

/* Can the agent's first event in the sequence come first of all? */
bool sequence_starts(const struct sequence *, const struct history *, unsigned agent);

/* Is a step with these accesses independent of the whole sequence? */
bool sequence_ignores(const struct sequence *, const struct history *, const struct access *,
                      uint32_t count);

/* Adds the sequence to the tree whose first alternatives are in *tree, unless a schedule of the
 * tree covers it already. The sequence is used up. */
void wakeup_insert(struct wakeup **tree, const struct history *, struct sequence *);

/* Takes the first alternative off *tree; what comes after it replaces *after. */
unsigned wakeup_take(struct wakeup **tree, struct wakeup **after, bool *doubtful);

void wakeup_free(struct wakeup *);

#endif
