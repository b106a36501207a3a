/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which agents have to be tried at which state. The path from the start to the current state is
 * a list of nodes; `depth` is where the execution stands, nodes beyond it wait to be executed.
 */
#ifndef SIM_DPOR_H
#define SIM_DPOR_H

#include "sim/explore.h"
#include "sim/history.h"

struct node {
    uint64_t enabled;
    uint64_t sleep;     /* agents whose next step leads nowhere new from here */
    uint64_t done;      /* tried from here, or being tried */
    uint64_t backtrack; /* to be tried from here */
    uint8_t chosen;
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
};

void dpor_init(struct dpor *, unsigned agents, enum algorithm);
void dpor_free(struct dpor *);

/* Makes a node of the current state. False if everything enabled is asleep. */
bool dpor_new_node(struct dpor *, uint64_t enabled);

/* The chosen agent of the node at `depth` is about to make the step with this footprint. */
void dpor_advance(struct dpor *, struct machine *, const struct footprint *);

/* After an execution: chooses where the next one leaves it. False if all has been tried. */
bool dpor_backtrack(struct dpor *);

#endif
