/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC's timer under exploration: on random programs that start, stop, mask and read it, beside
 * a core that stores, loads and sends, every reduction reaches what plain DFS with every boundary does.
 */
#include "lapic/apic_regs.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    PERIODIC = 1 << 17, DEADLINE = 2 << 17, MASKED = 1 << 16,
    DEADLINE_MSR = 0x6e0, FUTURE = 0x100000,
};

static void draw_model(struct pair *pair, struct random *r)
{
    pair->model = random_draw(r, 3) ? MEMORY_TSO : MEMORY_SC;
}

static void draw_entry(struct random *r, struct code *c)
{
    static const uint32_t entry[] = {0, PERIODIC, DEADLINE, MASKED, MASKED | DEADLINE};
    code_write_msr(c, APIC_LVT_TIMER,
                   INTERRUPT_LOW | entry[random_draw(r, sizeof entry / sizeof *entry)]);
}

static void draw_of_timer(struct random *r, struct code *c)
{
    switch (random_draw(r, 9)) {
    case 0: code_write_msr(c, APIC_INITIAL_COUNT, 1000); break;
    case 1: code_write_msr(c, APIC_INITIAL_COUNT, 0); break;
    case 2: draw_entry(r, c); break;
    case 3: code_write_msr(c, DEADLINE_MSR, FUTURE); break;
    case 4: code_write_msr(c, DEADLINE_MSR, random_draw(r, 2)); break;
    case 5: code_read_msr(c, random_draw(r, 2) ? APIC_CURRENT_COUNT : DEADLINE_MSR); break;
    case 6: code_read_msr(c, 0x822); break; /* IRR */
    case 7: code_write_msr(c, APIC_SVR, random_draw(r, 2) ? 0x1ff : 0xff); break;
    default: code_bytes(c, "\x0f\x31\x41\x89\xc1", 5); /* rdtsc; mov r9d, eax */
    }
}

static void draw_of_memory(struct random *r, struct code *c)
{
    switch (random_draw(r, 3)) {
    case 0: code_store(c, random_draw(r, 2), 1 + random_draw(r, 3)); break;
    case 1: code_load(c, 8 + random_draw(r, 2), random_draw(r, 2)); break;
    default: code_bytes(c, "\xfb\x90\xfa", 3); /* sti; nop; cli */
    }
}

static void draw_program(struct random *r, struct code code[2])
{
    for (unsigned t = 0; t < 2; t++)
        code_begin(&code[t], 2);
    draw_entry(r, &code[0]);
    code_write_msr(&code[0], random_draw(r, 3) ? APIC_INITIAL_COUNT : DEADLINE_MSR, FUTURE);
    for (unsigned n = 1 + random_draw(r, 3); n > 0; n--)
        if (random_draw(r, 3))
            draw_of_timer(r, &code[0]);
        else
            draw_of_memory(r, &code[0]);
    if (random_draw(r, 2))
        code_idle(&code[0]);
    code_end(&code[0]);
    draw_of_memory(r, &code[1]);
    if (random_draw(r, 2))
        code_send(&code[1], INTERRUPT_HIGH, 0);
    code_end(&code[1]);
}

static void compare(struct pair pair, uint64_t first)
{
    struct drawing d = {pair, draw_model, draw_program, .seeds = 4, .programs = 40, .limit = 60000};
    pair.timer = true;
    d.machine = pair;
    agree_or_fail(&d, first, d.seeds * d.programs / 2);
}

Test(timer_random, handlers_that_only_acknowledge, .timeout = 300)
{
    compare((struct pair){.nest = false}, 1);
}

Test(timer_random, handlers_that_store, .timeout = 300)
{
    struct pair pair = {.nest = false};
    code_store(&pair.low, 0, 7);
    code_add(&pair.high, 1, 3);
    compare(pair, 11);
}

Test(timer_random, handlers_that_read_the_timer, .timeout = 300)
{
    struct pair pair = {.nest = false};
    code_read_msr(&pair.low, APIC_CURRENT_COUNT);
    code_read_msr(&pair.high, DEADLINE_MSR);
    compare(pair, 21);
}
