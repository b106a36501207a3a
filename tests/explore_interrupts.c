/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts under exploration: on random programs with IPIs and handlers, the reduced exploration,
 * which leaves out boundaries that cannot matter, reaches what plain DFS with every boundary does.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/interrupts.h"
#include "tests/support/states.h"

enum { VARIABLES = 2, DFS_LIMIT = 60000, ROUNDS = 40 };

static struct state_set reference, reduced;

static bool run(struct program *p, enum algorithm a, bool every, struct state_set *set)
{
    struct explore_options o = {.algorithm = a, .on_complete = state_set_add, .context = set,
                                .max_executions = DFS_LIMIT};
    struct explore_result r;
    set->p = p;
    set->variables = VARIABLES;
    set->registers = 1 << 8 | 1 << 9 | 1 << 15;
    set->count = 0;
    p->m->every_boundary = every;
    p->m->observed_core = 0;
    explore(p->m, &o, &r);
    explore_result_free(&r);
    return !r.bounds;
}

static void random_operation(struct random *r, struct code *c, unsigned *reg)
{
    unsigned v = random_draw(r, VARIABLES);
    switch (random_draw(r, 6)) {
    case 0: case 1:
        code_store(c, v, 1 + random_draw(r, 2));
        break;
    case 2: case 3:
        code_load(c, 8 + (*reg)++ % 2, v);
        break;
    case 4:
        code_add(c, v, 1);
        break;
    case 5:
        code_lock_add(c, v, 1);
        break;
    }
}

/* Core 0 is interrupted; core 1 sends one or two IPIs among its accesses. */
static void random_program(struct random *r, struct code code[2])
{
    unsigned reg = 0;
    unsigned vector = random_draw(r, 2) ? INTERRUPT_LOW : INTERRUPT_HIGH;
    code[0].size = code[1].size = 0;
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 8; i < 16; i += i == 9 ? 6 : 1)
            code_mov(&code[t], i, 0);
    code_sti(&code[0]);
    for (unsigned i = random_draw(r, 2); i < 2; i++)
        random_operation(r, &code[0], &reg);
    if (random_draw(r, 2))
        code_cli(&code[0]);
    random_operation(r, &code[0], &reg);
    if (random_draw(r, 3))
        code_idle(&code[0]);
    else
        code_end(&code[0]);
    if (random_draw(r, 2))
        random_operation(r, &code[1], &reg);
    code_send(&code[1], vector, 0);
    if (random_draw(r, 2))
        random_operation(r, &code[1], &reg);
    else
        code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
}

static unsigned compare(uint64_t seed, const struct code *low, const struct code *high)
{
    struct random r = {seed};
    struct code code[2];
    unsigned compared = 0;
    struct program *p = program_open(2, 0, random_draw(&r, 3) ? MEMORY_TSO : MEMORY_SC);
    interrupts_enable(p, low, high);
    random_program(&r, code);
    program_start(p, code);
    for (unsigned n = 0; n < ROUNDS; n++) {
        if (n) {
            random_program(&r, code);
            cr_assert(program_next(p, code));
        }
        if (!run(p, ALGORITHM_DFS, true, &reference))
            continue;
        compared++;
        for (enum algorithm a = ALGORITHM_SOURCE; a <= ALGORITHM_SLEEP; a++) {
            cr_assert(run(p, a, false, &reduced));
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

/* ---- Single rules ---- */

static unsigned count_register(const struct state_set *set, unsigned word, uint32_t value)
{
    unsigned n = 0;
    for (unsigned i = 0; i < set->count; i++)
        n += set->state[i].word[word] == value;
    return n;
}

/* State words: variables, then R8, R9, R15 of each core. */
enum { CORE0_R8 = VARIABLES, CORE0_R15 = VARIABLES + 2, CORE1_R9 = VARIABLES + 4 };

static void explore_pair(struct code code[2], const struct code *body, struct state_set *set)
{
    struct code handler = {.size = 0};
    struct program *p = program_open(2, 0, MEMORY_TSO);
    code_handler(&handler, body);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    cr_assert(run(p, ALGORITHM_SOURCE, false, set));
}

/* An unlocked read-modify-write is one instruction to its own core's interrupts. */
Test(interrupts, a_handler_never_splits_an_instruction)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_mov(&code[0], 15, 0);
    code_sti(&code[0]);
    code_add(&code[0], 0, 1);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    code_add(&body, 0, 10);
    explore_pair(code, &body, &reduced);
    cr_assert_eq(reduced.count, 1, "both additions always count");
    cr_assert_eq(reduced.state[0].word[0], 11);
}

/* ... and two accesses to other cores. */
Test(interrupts, another_core_does_split_it)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++) {
        code_add(&code[t], 0, t ? 10 : 1);
        code_end(&code[t]);
    }
    explore_pair(code, NULL, &reduced);
    cr_assert_eq(count_register(&reduced, 0, 11), 1);
    cr_assert_eq(count_register(&reduced, 0, 1), 1);
    cr_assert_eq(count_register(&reduced, 0, 10), 1);
}

/* STI blocks for one instruction: the handler cannot run between sti and the load. */
Test(interrupts, sti_shadow_covers_the_next_instruction)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    code_store(&code[0], 0, 1);
    code_mov(&code[0], 15, 0);
    code_sti(&code[0]);
    code_load(&code[0], 8, 0);
    code_cli(&code[0]);
    code_end(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    code_store(&body, 0, 7);
    explore_pair(code, &body, &reduced);
    for (unsigned i = 0; i < reduced.count; i++)
        cr_assert_eq(reduced.state[i].word[CORE0_R8], 1);
    cr_assert_eq(count_register(&reduced, CORE0_R15, 1), 1, "it may come between load and cli");
    cr_assert_eq(count_register(&reduced, CORE0_R15, 0), 1, "or stay pending");
}

/* Store buffering with the load in a handler: delivery drains, so that not both loads read 0. */
Test(interrupts, delivery_drains_the_store_buffer)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0};
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 0; i < 3; i++)
            code_mov(&code[t], i == 2 ? 15 : 8 + i, 0);
    code_store(&code[0], 0, 1);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    code_end(&code[1]);
    code_load(&body, 8, 1);
    explore_pair(code, &body, &reduced);
    cr_assert_eq(reduced.count, 3, "0/1, 1/0 and 1/1");
    for (unsigned i = 0; i < reduced.count; i++)
        cr_assert(reduced.state[i].word[CORE0_R8] || reduced.state[i].word[CORE1_R9]);
}

/* The same with the load in the thread: both may read 0. */
Test(interrupts, without_delivery_the_store_may_wait)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned t = 0; t < 2; t++)
        for (unsigned i = 0; i < 3; i++)
            code_mov(&code[t], i == 2 ? 15 : 8 + i, 0);
    code_store(&code[0], 0, 1);
    code_load(&code[0], 8, 1);
    code_end(&code[0]);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    code_end(&code[1]);
    explore_pair(code, NULL, &reduced);
    cr_assert_eq(reduced.count, 4);
}
