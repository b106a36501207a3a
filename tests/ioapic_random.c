/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC under exploration: on random programs in which both cores write the entry of a pin that a
 * device drives, every reduction reaches what plain DFS with every boundary does.
 */
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    WINDOW = IOAPIC_ADDRESS + IOAPIC_WINDOW,
    ENTRY_LOW = IOAPIC_ENTRY + 2 * PAIR_PIN,
    NMI_MODE = 0x400,
    QUIESCE = LINE_ADDRESS + 0x1000,
};

static void select_entry(struct code *c)
{
    code_write_register(c, IOAPIC_ADDRESS, ENTRY_LOW);
}

static void draw_machine(struct pair *pair, struct random *r)
{
    pair->model = random_draw(r, 3) ? MEMORY_TSO : MEMORY_SC;
    pair->line_actions = 1 + random_draw(r, 2);
    for (unsigned i = 0; i < pair->line_actions; i++)
        pair->line[i] = (enum line_action)random_draw(r, 3);
}

/* A level that nobody releases would interrupt for ever. */
static void draw_pulses(struct pair *pair, struct random *r)
{
    draw_machine(pair, r);
    for (unsigned i = 0; i < pair->line_actions; i++)
        pair->line[i] = LINE_PULSE;
}

static void draw_operation(struct random *r, struct code *c)
{
    static const uint32_t entry[] = {0, RTE_LEVEL, RTE_LEVEL, RTE_MASKED, RTE_MASKED | RTE_LEVEL,
                                     NMI_MODE};
    unsigned n = random_draw(r, sizeof entry / sizeof *entry);
    switch (random_draw(r, 6)) {
    case 0: case 1: code_write_register(c, WINDOW, INTERRUPT_LOW | entry[n]); break;
    case 2: code_read_register(c, WINDOW); break;
    case 3: code_write_register(c, QUIESCE, 1); break;
    case 4: code_write_register(c, IOAPIC_ADDRESS + IOAPIC_EOI, INTERRUPT_LOW); break;
    default: code_store(c, random_draw(r, 2), 1 + random_draw(r, 3)); break;
    }
}

static void draw_program(struct random *r, struct code code[2])
{
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    select_entry(&code[0]);
    code_write_register(&code[0], WINDOW, INTERRUPT_LOW | (random_draw(r, 2) ? RTE_LEVEL : 0));
    if (random_draw(r, 2))
        code_bytes(&code[0], "\xfb\x90\xfa", 3); /* sti; nop; cli */
    draw_operation(r, &code[0]);
    if (random_draw(r, 2))
        code_bytes(&code[0], "\xfb\x90\xfa", 3);
    code_end(&code[0]);
    for (unsigned n = 1 + random_draw(r, 2); n > 0; n--)
        draw_operation(r, &code[1]);
    code_end(&code[1]);
}

Test(ioapic_random, handlers_that_only_acknowledge, .timeout = 300)
{
    struct drawing d = {.machine = {.nmis = true, .line_actions = 1}, .vary = draw_pulses,
                        .draw = draw_program, .seeds = 4, .programs = 30, .limit = 60000};
    agree_or_fail(&d, 1, d.seeds * d.programs / 2);
}

Test(ioapic_random, handlers_that_release_the_line, .timeout = 300)
{
    struct drawing d = {.machine = {.nmis = true, .line_actions = 1}, .vary = draw_machine,
                        .draw = draw_program, .seeds = 4, .programs = 30, .limit = 60000};
    code_write_register(&d.machine.low, QUIESCE, 1);
    agree_or_fail(&d, 11, d.seeds * d.programs / 2);
}
