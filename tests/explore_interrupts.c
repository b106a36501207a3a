/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts under exploration: on random programs with IPIs and handlers, the reduced exploration,
 * which leaves out boundaries that cannot matter, reaches what plain DFS with every boundary does.
 */
#include "tests/pair_fixture.h"
#include "tests/support/effort.h"
#include "tests/support/random_programs.h"

static void draw_model(struct pair *pair, struct random *r)
{
    pair->model = random_draw(r, 3) ? MEMORY_TSO : MEMORY_SC;
}

/* With the handlers of `pair`. */
static void compare(struct pair pair, uint64_t first)
{
    struct drawing d = {pair, draw_model, random_interrupted, .seeds = effort(4), .programs = 40,
                        .limit = 60000};
    agree_or_fail(&d, first, d.seeds * d.programs / 4);
}

Test(interrupts, handlers_that_only_acknowledge, .timeout = 300)
{
    compare((struct pair){.nest = false}, 1);
}

Test(interrupts, handlers_that_touch_what_they_interrupt, .timeout = 300)
{
    struct pair pair = {.nest = false};
    code_store(&pair.low, 0, 7);
    code_add(&pair.high, 1, 3);
    compare(pair, 11);
}

Test(interrupts, handlers_that_others_read, .timeout = 300)
{
    struct pair pair = {.nest = false};
    code_lock_add(&pair.low, 1, 1);
    code_send(&pair.high, INTERRUPT_HIGH, 1); /* core 1 has interrupts off: it stays pending */
    compare(pair, 21);
}
