/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/agree.h"

#include <stdio.h>

static bool explore_into(struct program *p, enum algorithm a, unsigned limit, struct state_set *set)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = limit, .raw = true};
    struct explore_result r;
    set->p = p;
    set->variables = AGREE_VARIABLES;
    set->registers = 1 << 8 | 1 << 9;
    set->count = 0;
    p->m->every_boundary = a == ALGORITHM_DFS;
    p->m->observed_core = 0;
    explore(p->m, &o, &r);
    explore_result_free(&r);
    return !r.bounds;
}

enum agreement agree_with_dfs(struct program *p, unsigned limit, struct state_set *reached,
                              char *text, size_t size)
{
    static struct state_set reduced;
    if (!explore_into(p, ALGORITHM_DFS, limit, reached))
        return TOO_LARGE;
    for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_SLEEP; a++) {
        bool complete = explore_into(p, a, limit, &reduced);
        if (complete && state_set_equal(&reduced, reached))
            continue;
        snprintf(text, size, "%s: %u states%s, not %u", algorithm_name[a], reduced.count,
                 complete ? "" : " up to a bound", reached->count);
        return DIFFERS;
    }
    return AGREES;
}

unsigned states_with(const struct state_set *set, unsigned word, uint32_t value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < set->count; i++)
        n += set->state[i].word[word] == value;
    return n;
}
