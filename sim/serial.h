/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Executions without interleaving: each core and each device acts as long as it can, in every order of them, and what the
 * hardware has under way, a buffered store or a message, arrives at once. Code that fails here is wrong by itself; what
 * fails elsewhere only is a race.
 */
#ifndef SIM_SERIAL_H
#define SIM_SERIAL_H

#include "sim/machine.h"

struct serial_result {
    unsigned executions;
    uint32_t bounds;        /* enum bound */
    struct finding finding; /* the first; kind FINDING_NONE: there is none */
};

/* The machine must be set up. */
void serial_explore(struct machine *, struct serial_result *);

#endif
