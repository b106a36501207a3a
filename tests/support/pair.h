/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of two cores: core 0 is interrupted, core 1 interrupts. */
#ifndef TESTS_SUPPORT_PAIR_H
#define TESTS_SUPPORT_PAIR_H

#include "lapic/line.h"
#include "lapic/program.h"

enum { PAIR_PAGE = 0x20 /* a start-up vector */, PAIR_PIN = 5 };

struct pair {
    struct code code[2];
    struct code low, high, nmi; /* bodies of the handlers */
    bool whole; /* `low` and `high` are no bodies but handlers to the last byte */
    bool nmis;  /* there is a handler for them */
    const struct code *page; /* NULL, or what core 0 starts with at PAIR_PAGE: it is no bootstrap
                                processor then and can be reset */
    unsigned line_actions;    /* if any: device 0 is an I/O APIC, device 1 drives PAIR_PIN */
    enum line_action line[4];
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
