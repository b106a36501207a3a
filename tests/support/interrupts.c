/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/interrupts.h"

bool interrupts_explore(struct program *p, enum algorithm a, bool every, struct state_set *set,
                        unsigned *found)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = 60000, .raw = true};
    struct explore_result r;
    set->p = p;
    set->variables = INTERRUPT_VARIABLES;
    set->registers = 1 << 8 | 1 << 9;
    set->count = 0;
    p->m->every_boundary = every;
    p->m->observed_core = 0;
    explore(p->m, &o, &r);
    if (found)
        *found = findings_mask(&r);
    explore_result_free(&r);
    return !r.bounds;
}
