/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Happens-before against its definition: program order, conflicts, and what follows from them. */
#include <criterion/criterion.h>

#include "sim/history.h"
#include "tests/support/states.h"

enum { AGENTS = 5, EVENTS = 60, RESOURCES = 2500 };

/* The naive twin: footprints, and who happened before whom. */
static struct footprint footprint[EVENTS];
static unsigned agent[EVENTS];
static bool before[EVENTS][EVENTS];

/*
 * Few resources are drawn often, many once: the table must grow, and chains must be long. No two
 * agents share a unit: behind the drain of its own store a core's load has no edge to older stores
 * of others, though their footprints conflict, because it reads its own store either way.
 */
static void draw(struct random *r, unsigned e)
{
    static const uint8_t unit[AGENTS] = {0, 0, 1, 2, 3};
    agent[e] = random_draw(r, AGENTS);
    footprint_clear(&footprint[e]);
    for (unsigned i = random_draw(r, 3); i < 3; i++) {
        unsigned id = random_draw(r, 2) ? random_draw(r, 4) : random_draw(r, RESOURCES);
        uint8_t bytes = random_draw(r, 2) ? 0xff : (uint8_t)(1u << random_draw(r, 8));
        footprint_add_access(&footprint[e],
                             (struct access){resource_make(RES_MEMORY, id), bytes,
                                             (uint8_t)random_draw(r, 3), unit[agent[e]], 0, 0});
    }
}

static void order(unsigned f)
{
    for (unsigned e = 0; e <= f; e++)
        before[e][f] = e == f || agent[e] == agent[f] ||
                       footprint_conflicts(&footprint[e], &footprint[f]);
    for (unsigned via = f; via-- > 0;)
        for (unsigned e = 0; before[via][f] && e < via; e++)
            before[e][f] |= before[e][via];
}

/* A race: before it, and not by way of another event. */
static bool races(unsigned e, unsigned f)
{
    if (!before[e][f] || agent[e] == agent[f])
        return false;
    for (unsigned via = e + 1; via < f; via++)
        if (before[e][via] && before[via][f])
            return false;
    return true;
}

static void check(const struct history *h, unsigned f, const struct race *found, unsigned count)
{
    unsigned expected = 0;
    for (unsigned e = 0; e <= f; e++)
        cr_assert_eq(history_before(h, e, f), before[e][f], "%u before %u", e, f);
    for (unsigned e = 0; e < f; e++)
        expected += races(e, f);
    cr_assert_eq(count, expected, "event %u: %u races, not %u", f, count, expected);
    for (unsigned i = 0; i < count; i++)
        cr_assert(races(found[i].event, f), "%u and %u", found[i].event, f);
}

Test(history, is_what_its_definition_says)
{
    struct random r = {1};
    struct history h;
    history_init(&h, AGENTS);
    for (unsigned round = 0; round < 400; round++) {
        while (h.count < EVENTS) {
            unsigned f = h.count;
            struct race found[HISTORY_MAX_RACES];
            draw(&r, f);
            order(f);
            unsigned count = history_push(&h, agent[f], &footprint[f], found);
            check(&h, f, found, count);
        }
        history_truncate(&h, random_draw(&r, EVENTS));
    }
    history_free(&h);
}
