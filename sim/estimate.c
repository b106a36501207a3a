/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/estimate.h"

#include "sim/dpor.h"

enum { DESCENTS = 64, DESCENT_STEPS = 4096 };

/* Numerical Recipes' 64-bit generator: any would do, but always the same one. */
static unsigned draw(uint64_t *state, unsigned limit)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)((*state >> 33) % limit);
}

static unsigned nth_bit(uint64_t mask, unsigned n)
{
    while (n--)
        mask &= mask - 1;
    return (unsigned)__builtin_ctzll(mask);
}

/* One execution by random choices, with the ways that its races ask for left in the nodes. */
static void descend(struct dpor *d, struct machine *m, uint64_t *random)
{
    machine_restore(m);
    for (uint64_t enabled; (enabled = machine_enabled(m)) && d->depth < DESCENT_STEPS;) {
        struct footprint fp;
        if (!dpor_new_node(d, enabled))
            return;
        struct node *n = &d->node[d->depth];
        n->chosen = (uint8_t)nth_bit(enabled, draw(random, (unsigned)__builtin_popcountll(enabled)));
        n->done = n->backtrack = 1ull << n->chosen;
        agent_next(m, n->chosen, &fp);
        dpor_advance(d, m, &fp);
        agent_step(m, n->chosen);
    }
}

double estimate_executions(struct machine *m)
{
    uint64_t random = 1;
    double sum = 0;
    m->stop_vain_rounds = true;
    for (unsigned i = 0; i < DESCENTS; i++) {
        struct dpor d;
        double leaves = 1;
        dpor_init(&d, m->agents, ALGORITHM_SOURCE);
        descend(&d, m, &random);
        for (uint32_t k = 0; k < d.count; k++)
            leaves *= __builtin_popcountll(d.node[k].backtrack & d.node[k].enabled);
        sum += leaves;
        dpor_free(&d);
    }
    m->stop_vain_rounds = false;
    return sum / DESCENTS;
}
