/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of two cores: core 0 is interrupted, core 1 interrupts. */
#ifndef TESTS_SUPPORT_PAIR_H
#define TESTS_SUPPORT_PAIR_H

#include "lapic/program.h"

struct pair {
    struct code code[2];
    struct code low, high, nmi; /* bodies of the handlers */
    bool whole; /* `low` and `high` are no bodies but handlers to the last byte */
    bool nmis;  /* there is a handler for them */
    bool timer; /* core 0 has a local APIC timer */
    bool nest;  /* the handlers run on the stack of what they interrupt */
    enum memory_model model;
    uint8_t message_order, sti_blocks_nmi; /* knobs */
};

/* Code that has done nothing yet but clear R8 and R9; under TSO, the handlers do nothing. */
void pair_init(struct pair *);

/* Core 1 sends a message (code_send()) and is done. */
void pair_send(struct pair *, unsigned message);

/* A machine of its own, with the program on it. */
struct program *pair_open(const struct pair *);

#endif
