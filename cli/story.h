/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace in words: who did what, where in the source, and what the store buffers held. Both the
 * columns and the JSON are made from it.
 */
#ifndef CLI_STORY_H
#define CLI_STORY_H

#include "cli/symbolise.h"

enum { STORY_PLACE = 128, STORY_LINE = 240 };

struct story_event {
    const struct step *step;
    struct image_place place;
    unsigned number;           /* 1 is the first step of the schedule */
    unsigned column;           /* a core, or cores + device */
    bool hardware;             /* not an instruction of the code: a drain, an arrival, a device */
    bool scaffold;             /* of no interest: the columns leave it out */
    bool own;                  /* an access to memory that nobody but this core could tell: a brief story leaves it out */
    char agent[32];            /* "CPU0", "SB0", "IOMMU0", "IPI CPU1#3" */
    char where[STORY_PLACE];   /* "vcpu_enter_guest.c:20", or empty */
    char inlined[STORY_PLACE]; /* "pi_test_and_set_on", or empty */
    char action[STORY_LINE];   /* "pid0.control {} -> {ON}" */
    char buffer[STORY_LINE];   /* the core's store buffer after the step: "vcpu0.mode = IN_GUEST" */
    char seen[STORY_LINE];     /* the same without stores that nobody else could tell */
    char remark[STORY_LINE];   /* what a reader should notice, or empty */
};

struct story {
    const struct session *session;
    const struct trace *trace;
    struct story_event *event;
    unsigned count;
    unsigned columns;
    bool brief; /* the columns leave out what nobody else could tell; may be set behind story_build() */
};

/* The trace and the session must outlive the story. */
void story_build(struct story *, const struct session *, const struct trace *);
void story_free(struct story *);

/* "vcpu0.mode = OUTSIDE, pid0.control = {}": the described states in `ram`. */
void story_states(const struct session *, const uint8_t *ram, char *text, size_t size);

#endif
