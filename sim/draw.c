/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/draw.h"

#include "sim/random.h"

/* Agents whose order among each other says how the execution begins: cores and store buffers. Five
 * bits each of draw.order, and its lowest bits for the first change. */
enum { ORDER_AGENTS = 10, ORDER_BITS = 5, CHANGE_BITS = 14 };

static unsigned changes(const struct explore_options *o)
{
    return o->pct_depth - 1;
}

/* Priorities above all those that agents fall to, no two of them the same. */
static void draw_priorities(struct draw *d, unsigned agents, unsigned lowest)
{
    for (unsigned a = 0; a < agents; a++) {
        unsigned other = random_below(&d->random, a + 1);
        d->priority[a] = d->priority[other];
        d->priority[other] = (uint8_t)(lowest + a);
    }
}

static uint32_t draw_changes(struct draw *d, unsigned count, uint32_t steps)
{
    uint32_t first = steps;
    for (unsigned i = 0; i < count; i++) {
        d->change[i] = steps ? 1 + random_below(&d->random, steps) : 0;
        first = d->change[i] < first ? d->change[i] : first;
    }
    return first;
}

/* The agents from the highest to the lowest, then the first change. */
static uint64_t order_of(const struct draw *d, unsigned agents, uint32_t first)
{
    uint64_t order = 0, left = (1ull << agents) - 1;
    for (unsigned i = 0; i < agents; i++) {
        unsigned best = (unsigned)__builtin_ctzll(left);
        for (uint64_t others = left; others; others &= others - 1) {
            unsigned a = (unsigned)__builtin_ctzll(others);
            best = d->priority[a] > d->priority[best] ? a : best;
        }
        left &= ~(1ull << best);
        order = order << ORDER_BITS | best;
    }
    return order << CHANGE_BITS | (first >> CHANGE_BITS ? (1u << CHANGE_BITS) - 1 : first);
}

void draw_make(struct draw *d, const struct explore_options *o, const struct machine *m,
               uint64_t number, uint32_t steps)
{
    unsigned ordered = 2 * m->cores < ORDER_AGENTS ? 2 * m->cores : ORDER_AGENTS;
    uint64_t own = number;
    *d = (struct draw){.random = o->seed ^ random_next(&own)};
    d->random = random_next(&d->random);
    if (o->algorithm != ALGORITHM_PCT)
        return;
    draw_priorities(d, m->agents, changes(o));
    d->order = order_of(d, ordered, draw_changes(d, changes(o), steps));
}

static agent_id highest(const struct draw *d, uint64_t enabled)
{
    agent_id best = (agent_id)__builtin_ctzll(enabled);
    for (uint64_t left = enabled & (enabled - 1); left; left &= left - 1) {
        agent_id a = (agent_id)__builtin_ctzll(left);
        if (d->priority[a] > d->priority[best])
            best = a;
    }
    return best;
}

static agent_id choose_by_priority(struct draw *d, unsigned count, uint64_t enabled, uint32_t depth)
{
    for (unsigned i = 0; i < count; i++) {
        if (d->change[i] != depth + 1)
            continue;
        d->priority[highest(d, enabled)] = (uint8_t)i;
        d->change[i] = 0;
    }
    return highest(d, enabled);
}

static agent_id choose_any(struct draw *d, uint64_t enabled)
{
    unsigned count = (unsigned)__builtin_popcountll(enabled);
    for (unsigned skip = random_below(&d->random, count); skip; skip--)
        enabled &= enabled - 1;
    return (agent_id)__builtin_ctzll(enabled);
}

agent_id draw_choose(struct draw *d, const struct explore_options *o, uint64_t enabled, uint32_t depth)
{
    if (o->algorithm != ALGORITHM_PCT)
        return choose_any(d, enabled);
    return choose_by_priority(d, changes(o), enabled, depth);
}
