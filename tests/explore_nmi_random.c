/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs beside interrupts in random programs: with interrupts on or off, under both values of what STI
 * does to an NMI, the reductions reach the states of plain DFS.
 */
#include "tests/pair_fixture.h"
#include "tests/support/random_programs.h"
#include "tests/support/snippets.h"

static const struct access_mix accesses = {.store = 1, .load = 1, .add = 1, .lock_add = 1};

/* With interrupts on or off, changing them or not. */
static void draw_interrupted(struct random *r, struct code *c)
{
    unsigned reg = 0;
    if (random_draw(r, 2))
        code_sti(c);
    random_access(r, &accesses, c, &reg);
    switch (random_draw(r, 4)) {
    case 0: code_cli(c); break;
    case 1: code_sti(c); break;
    case 2: code_send(c, SEND_NMI, 0); break;
    case 3: break;
    }
    if (random_draw(r, 2))
        random_access(r, &accesses, c, &reg);
    if (random_draw(r, 2))
        code_idle(c);
    else
        code_end(c);
}

static void draw_interrupter(struct random *r, struct code *c)
{
    static const unsigned message[] = {SEND_NMI, INTERRUPT_LOW, INTERRUPT_HIGH};
    unsigned reg = 0;
    if (random_draw(r, 3) == 0)
        random_access(r, &accesses, c, &reg);
    code_send(c, SEND_NMI, 0);
    if (random_draw(r, 2))
        random_access(r, &accesses, c, &reg);
    else
        code_send(c, message[random_draw(r, 3)], 0);
    code_end(c);
}

static void draw_pair(struct random *r, struct code code[2])
{
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    draw_interrupted(r, &code[0]);
    draw_interrupter(r, &code[1]);
}

static void draw_machine(struct pair *pair, struct random *r)
{
    pair->model = random_draw(r, 3) ? MEMORY_TSO : MEMORY_SC;
    pair->sti_blocks_nmi = (uint8_t)random_draw(r, 2);
}

/* With the handlers of `pair`, one for both vectors. */
static void compare(struct pair pair, uint64_t first)
{
    struct drawing d = {pair, draw_machine, draw_pair, .seeds = 4, .programs = 30,
                        .limit = 20000};
    d.machine.high = pair.low;
    agree_or_fail(&d, first, d.seeds * d.programs / 3);
}

Test(nmi_random, handlers_that_only_return, .timeout = 300)
{
    compare((struct pair){.nmis = true}, 1);
}

Test(nmi_random, handlers_that_touch_what_they_interrupt, .timeout = 300)
{
    struct pair pair = {.nmis = true};
    code_add(&pair.low, 1, 3);
    code_store(&pair.nmi, 0, 7);
    compare(pair, 11);
}

Test(nmi_random, handlers_that_touch_each_other, .timeout = 300)
{
    struct pair pair = {.nmis = true};
    code_add(&pair.low, 1, 3);
    code_lock_add(&pair.nmi, 1, 16);
    compare(pair, 21);
}
