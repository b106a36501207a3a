/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts under exploration: on random programs with IPIs and handlers, the reduced exploration,
 * which leaves out boundaries that cannot matter, reaches what plain DFS with every boundary does.
 */
#include <criterion/criterion.h>

#include "tests/support/random_programs.h"

enum { ROUNDS = 40 };

static struct state_set reference, reduced;

static unsigned compare(uint64_t seed, const struct code *low, const struct code *high)
{
    struct random r = {seed};
    struct code code[2];
    unsigned compared = 0;
    struct program *p = program_open(2, 0, random_draw(&r, 3) ? MEMORY_TSO : MEMORY_SC);
    interrupts_enable(p, low, high);
    random_interrupted(&r, code);
    program_start(p, code);
    for (unsigned n = 0; n < ROUNDS; n++) {
        if (n) {
            random_interrupted(&r, code);
            cr_assert(program_next(p, code));
        }
        if (!interrupts_explore(p, ALGORITHM_DFS, true, &reference, NULL))
            continue;
        compared++;
        for (enum algorithm a = 0; a < ALGORITHM_COUNT; a++) {
            if (a == ALGORITHM_DFS)
                continue;
            cr_assert(interrupts_explore(p, a, false, &reduced, NULL));
            cr_assert(state_set_equal(&reduced, &reference),
                      "seed %llu, program %u, %s: %u states, not %u", (unsigned long long)seed, n,
                      algorithm_name[a], reduced.count, reference.count);
        }
    }
    return compared;
}

/* Programs that are too large for plain DFS are left out; enough must remain. */
static void compare_seeds(uint64_t first, const struct code *low, const struct code *high)
{
    unsigned compared = 0;
    for (uint64_t seed = first; seed < first + 4; seed++)
        compared += compare(seed, low, high);
    cr_assert_gt(compared, 4 * ROUNDS / 4, "only %u programs were compared", compared);
}

Test(interrupts, handlers_that_only_acknowledge, .timeout = 300)
{
    struct code quiet = {.size = 0};
    code_handler(&quiet, NULL);
    compare_seeds(1, &quiet, &quiet);
}

Test(interrupts, handlers_that_touch_what_they_interrupt, .timeout = 300)
{
    struct code store = {.size = 0}, add = {.size = 0}, low = {.size = 0}, high = {.size = 0};
    code_store(&store, 0, 7);
    code_add(&add, 1, 3);
    code_handler(&low, &store);
    code_handler(&high, &add);
    compare_seeds(11, &low, &high);
}

Test(interrupts, handlers_that_others_read, .timeout = 300)
{
    struct code lock = {.size = 0}, answer = {.size = 0}, low = {.size = 0}, high = {.size = 0};
    code_lock_add(&lock, 1, 1);
    code_send(&answer, INTERRUPT_HIGH, 1); /* core 1 has interrupts off: it stays pending */
    code_handler(&low, &lock);
    code_handler(&high, &answer);
    compare_seeds(21, &low, &high);
}
