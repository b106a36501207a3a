/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of final states of small programs, and a seeded source of random numbers. */
#ifndef TESTS_SUPPORT_STATES_H
#define TESTS_SUPPORT_STATES_H

#include "cpu/program.h"

enum { STATE_WORDS = 24, MAX_STATES = 8192 };

struct state {
    uint32_t word[STATE_WORDS];
};

struct state_set {
    struct program *p;
    unsigned variables;
    uint16_t registers; /* mask: which registers of each core belong to the state */
    unsigned findings;  /* findings_mask(), where somebody has set it */
    unsigned count;
    struct state state[MAX_STATES];
};

/* An empty set of states that consist of the first variables and of these registers. */
void state_set_begin(struct state_set *, struct program *, unsigned variables, uint16_t registers);

/* An explore_options.on_complete: adds the machine's state to the set given as context. */
void state_set_add(void *set, struct machine *);

/* Explores as the options say and collects the states of variables 0 and 1, R8 and R9. */
struct explore_result states_explore(struct state_set *, struct program *, struct explore_options);

bool state_set_within(const struct state_set *part, const struct state_set *whole);
bool state_set_equal(const struct state_set *, const struct state_set *);

/* How many of the states have this value there; or both of these. */
unsigned states_with(const struct state_set *, unsigned word, uint32_t value);
unsigned states_with_both(const struct state_set *, unsigned word, uint32_t value, unsigned other,
                          uint32_t other_value);

/* The findings as a mask: bit 0 for the invariant "pair-0" (five characters and a digit), bit 16 + k
 * for any other finding of kind k. */
unsigned findings_mask(const struct explore_result *);

struct random {
    uint64_t state;
};

unsigned random_draw(struct random *, unsigned limit);

#endif
