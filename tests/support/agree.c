/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/agree.h"

#include <stdio.h>

enum agreement agree_with_dfs(struct program *p, unsigned limit, struct state_set *reached,
                              char *text, size_t size)
{
    static struct state_set reduced;
    if (!interrupts_explore(p, ALGORITHM_DFS, true, limit, reached))
        return TOO_LARGE;
    for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_SLEEP; a++) {
        bool complete = interrupts_explore(p, a, false, limit, &reduced);
        if (complete && reduced.findings == reached->findings && state_set_equal(&reduced, reached))
            continue;
        snprintf(text, size, "%s: %u states and findings %x%s, not %u and %x", algorithm_name[a],
                 reduced.count, reduced.findings, complete ? "" : " up to a bound", reached->count,
                 reached->findings);
        return DIFFERS;
    }
    return AGREES;
}

static unsigned agree_on_seed(const struct drawing *d, uint64_t seed, char *text, size_t size)
{
    static struct state_set reached;
    struct random r = {seed};
    struct pair pair = d->machine;
    struct program *p = NULL;
    unsigned compared = 0;
    d->vary(&pair, &r);
    for (unsigned n = 0; n < d->programs; n++) {
        char how[120];
        d->draw(&r, pair.code);
        if (!p)
            p = pair_open(&pair);
        else if (!program_next(p, pair.code))
            assert(!"room for one more program");
        enum agreement a = agree_with_dfs(p, d->limit, &reached, how, sizeof how);
        compared += a == AGREES;
        if (a == DIFFERS) {
            snprintf(text, size, "seed %llu, program %u, %s", (unsigned long long)seed, n, how);
            break;
        }
    }
    program_free(p);
    return compared;
}

unsigned agree_on_random(const struct drawing *d, uint64_t first, char *text, size_t size)
{
    unsigned compared = 0;
    *text = 0;
    for (uint64_t seed = first; seed < first + d->seeds && !*text; seed++)
        compared += agree_on_seed(d, seed, text, size);
    return compared;
}
