/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does every reduced exploration of a small program with interrupts reach what plain DFS reaches
 * that takes no boundary for immaterial?
 */
#ifndef TESTS_SUPPORT_AGREE_H
#define TESTS_SUPPORT_AGREE_H

#include "lapic/program.h"
#include "tests/support/states.h"

/* Words of a state: the variables with both counters, then R8 and R9 of each core. */
enum { AGREE_VARIABLES = 4 };
static inline unsigned agree_word(unsigned core, unsigned reg)
{
    assert(reg == 8 || reg == 9);
    return AGREE_VARIABLES + 2 * core + reg - 8;
}

enum agreement { AGREES, DIFFERS, TOO_LARGE }; /* the last: for DFS within `limit` executions */

/* `reached`: the states, by DFS; they are those of all unless `text` says which algorithm differs. */
enum agreement agree_with_dfs(struct program *, unsigned limit, struct state_set *reached,
                              char *text, size_t size);

/* How many of the states have this value there. */
unsigned states_with(const struct state_set *, unsigned word, uint32_t value);

#endif
