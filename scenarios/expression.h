/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions over named state: what a scenario's own invariants and obligations say
 * (docs/scenario-file.md). All values are unsigned numbers of 64 bits; memory is as all see it, without what
 * waits in store buffers.
 *
 * Functions that can fail because of the user return false and leave in `error` (SCENARIO_ERROR bytes) what is wrong
 * and what would be right, without the place.
 */
#ifndef SCENARIOS_EXPRESSION_H
#define SCENARIOS_EXPRESSION_H

#include "scenarios/session.h"

enum { EXPRESSION_NODES = 96, EXPRESSION_DEPTH = 24 };

enum expression_kind {
    EXPR_NUMBER,
    EXPR_NAME, /* until it is resolved: a name, maybe with an argument */
    EXPR_MEMORY,
    EXPR_CORE,
    EXPR_NOT,
    EXPR_IMPLIES, /* two operands from here on */
    EXPR_OR,
    EXPR_AND,
    EXPR_EQUAL,
    EXPR_UNEQUAL,
    EXPR_LESS,
    EXPR_AT_MOST,
    EXPR_GREATER,
    EXPR_AT_LEAST,
    EXPR_BITS_OR,
    EXPR_BITS_AND,
    EXPR_PLUS,
    EXPR_MINUS,
};

enum core_question { CORE_PENDING, CORE_IN_SERVICE, CORE_IN_FLIGHT, CORE_IN_GUEST, CORE_HALTED, CORE_IN_REGION };

struct expression_node {
    uint8_t kind;
    uint8_t left, right;   /* nodes */
    uint8_t question, core;
    uint8_t size;          /* of memory, in bytes: 1 to 8 */
    uint8_t shift, width;  /* which bits of it */
    bool has_argument;
    uint16_t at, length;   /* the name, in the text */
    uint64_t number;       /* value, argument, vector or region */
    uint64_t address;      /* physical */
    const struct scenario_state *shown; /* has names for its values, or NULL */
};

struct expression {
    const char *text;
    unsigned count; /* of nodes */
    uint8_t root;
    struct expression_node node[EXPRESSION_NODES];
};

/* The text must outlive the expression. */
bool expression_parse(struct expression *, const char *text, char *error);

/* Finds what the names mean in the session's image and scenario. */
bool expression_resolve(struct expression *, const struct session *, char *error);

bool expression_true(const struct expression *, const struct session *);

/* "vcpu0.mode = IN_GUEST, core1.pending(0xf2) = 0": each name once, as far as there is room. */
void expression_values(const struct expression *, const struct session *, char *text, size_t size);

#endif
