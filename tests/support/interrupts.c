/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/interrupts.h"

#include "sim/message.h"

bool interrupts_explore(struct program *p, enum algorithm a, bool every, unsigned limit,
                        struct state_set *set)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = limit, .raw = true};
    struct explore_result r;
    state_set_begin(set, p, INTERRUPT_VARIABLES, 1 << 8 | 1 << 9);
    p->m->every_boundary = every;
    p->m->observed_core = 0;
    explore(p->m, &o, &r);
    set->findings = findings_mask(&r);
    explore_result_free(&r);
    return !r.bounds;
}

void interrupt_arrives(struct machine *m, unsigned kind, unsigned vector)
{
    message_send(m, 1, kind, vector, 0);
    for (unsigned slot = 0; slot < m->slots; slot++)
        if (m->state->queue[1].slot[slot].in_flight)
            message_arrive(m, 1, slot);
}
