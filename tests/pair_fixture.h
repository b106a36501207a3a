/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program of two cores (tests/support/pair.h) that is explored with each reduction and with plain
 * DFS, which must reach the same states. Included once by each test of interrupts that needs it.
 */
#ifndef TESTS_PAIR_FIXTURE_H
#define TESTS_PAIR_FIXTURE_H

#include <criterion/criterion.h>

#include "tests/support/agree.h"

enum { LIMIT = 4000000 };

static struct state_set states;

static inline void states_of(struct program *p)
{
    char text[120] = "";
    enum agreement a = agree_with_dfs(p, LIMIT, &states, text, sizeof text);
    cr_assert_neq(a, TOO_LARGE);
    cr_assert_eq(a, AGREES, "%s", text);
}

static inline struct program *pair_explore(const struct pair *pair)
{
    struct program *p = pair_open(pair);
    states_of(p);
    return p;
}

/* How many states have this value in R8 or R9 of a core, or in a variable. */
static inline unsigned with(unsigned core, unsigned reg, uint32_t value)
{
    return states_with(&states, state_word(core, reg), value);
}

static inline unsigned with_variable(unsigned variable, uint32_t value)
{
    return states_with(&states, variable, value);
}

/* ... and in both of core 0. */
static inline unsigned with_both(uint32_t r8, uint32_t r9)
{
    return states_with_both(&states, state_word(0, 8), r8, state_word(0, 9), r9);
}

/* Random programs: enough must be small enough for DFS. */
static inline void agree_or_fail(const struct drawing *d, uint64_t first, unsigned at_least)
{
    char text[200];
    unsigned compared = agree_on_random(d, first, text, sizeof text);
    cr_assert(!*text, "%s", text);
    cr_assert_gt(compared, at_least, "only %u programs were compared", compared);
}

#endif
