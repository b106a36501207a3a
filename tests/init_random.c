/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT and start-up under exploration: on random programs whose core 0 is reset, started, interrupted and
 * sent NMIs by core 1, every reduction reaches what plain DFS with every boundary does.
 */
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum { INIT = 0x500, STARTUP = 0x600 | PAIR_PAGE };

static void draw_model(struct pair *pair, struct random *r)
{
    pair->model = random_draw(r, 3) ? MEMORY_TSO : MEMORY_SC;
    pair->message_order = random_draw(r, 2);
}

static void draw_operation(struct random *r, struct code *c)
{
    switch (random_draw(r, 5)) {
    case 0: code_store(c, random_draw(r, 2), 1 + random_draw(r, 3)); break;
    case 1: code_load(c, 8 + random_draw(r, 2), random_draw(r, 2)); break;
    case 2: code_sti(c); break;
    case 3: code_cli(c); break;
    default: code_lock_add(c, random_draw(r, 2), 4); break;
    }
}

static void draw_program(struct random *r, struct code code[2])
{
    static const unsigned message[] = {INIT, INIT, STARTUP, STARTUP, SEND_NMI, INTERRUPT_LOW};
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    for (unsigned n = 1 + random_draw(r, 2); n > 0; n--)
        draw_operation(r, &code[0]);
    code_end(&code[0]);
    code_send(&code[1], INIT, 0);
    for (unsigned n = 1 + random_draw(r, 2); n > 0; n--)
        code_send(&code[1], message[random_draw(r, sizeof message / sizeof *message)], 0);
    if (random_draw(r, 2))
        code_load(&code[1], 8, random_draw(r, 2));
    code_end(&code[1]);
}

static void compare(struct pair pair, const struct code *page, uint64_t first)
{
    struct drawing d = {pair, draw_model, draw_program, .seeds = 4, .programs = 30, .limit = 60000};
    d.machine.nmis = true;
    d.machine.page = page;
    agree_or_fail(&d, first, d.seeds * d.programs / 2);
}

Test(init_random, a_core_that_counts_its_starts, .timeout = 300)
{
    struct code page = {.size = 0};
    code_add(&page, 1, 1);
    code_end(&page);
    compare((struct pair){.nest = false}, &page, 1);
}

Test(init_random, a_core_that_looks_about, .timeout = 300)
{
    struct pair pair = {.nest = false};
    struct code page = {.size = 0};
    code_load(&page, 8, 0);
    code_lock_add(&page, 1, 1);
    code_end(&page);
    code_store(&pair.nmi, 0, 9);
    compare(pair, &page, 11);
}
