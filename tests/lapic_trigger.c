/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A level-triggered and an edge-triggered interrupt of one vector at one core. TMR is set or cleared as one is
 * accepted (SDM vol. 3, 10.8.4), so the one that comes last decides whether the EOI is broadcast (10.8.5).
 * Each reduction must reach both ends, as plain DFS does, which takes nothing for commuting.
 */
#include <criterion/criterion.h>

#include "lapic/ioapic_internal.h"
#include "lapic/line.h"
#include "lapic/program.h"
#include "lapic/timer.h"
#include "tests/support/snippets.h"

enum { PIN = 5, LEVEL_LAST = 1, EDGE_LAST = 2 };

static struct code code[2];
static struct lapic *l;
static unsigned ends; /* how TMR ended: LEVEL_LAST, EDGE_LAST, one a bit */

static void note(void *context, struct machine *m)
{
    (void)context, (void)m;
    bool level = bits256_test(lapic_regs(l, 0)->tmr, INTERRUPT_LOW);
    ends |= level ? LEVEL_LAST : EDGE_LAST;
}

static unsigned reached(struct program *p, enum algorithm a)
{
    struct explore_options o = {.algorithm = a, .on_complete = note, .raw = true};
    struct explore_result r;
    ends = 0;
    p->m->every_boundary = a == ALGORITHM_DFS;
    explore(p->m, &o, &r);
    cr_expect_eq(r.finding_count, 0);
    explore_result_free(&r);
    return ends;
}

/* The line asserts pin 5, whose entry is level triggered; the edge is the code's, or that entry of the local
 * vector table's. */
static void expect_both_ends(enum apic_lvt entry)
{
    static const enum line_action line[] = {LINE_ASSERT};
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 3, MEMORY_TSO);
    l = interrupts_enable(p, &handler, &handler);
    struct ioapic *io = ioapic_new(l, 0);
    line_device_new(io, 1, PIN, line, 1);
    lapic_add_timer(l, 0, 2, 1);
    io->state->entry[PIN] = INTERRUPT_LOW | RTE_LEVEL;
    lapic_regs(l, 0)->lvt[entry] = INTERRUPT_LOW;
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    program_start(p, code);
    for (enum algorithm a = ALGORITHM_OPTIMAL; a <= ALGORITHM_DFS; a++)
        cr_expect_eq(reached(p, a), LEVEL_LAST | EDGE_LAST, "%s", algorithm_name[a]);
}

static void begin(void)
{
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
}

Test(lapic_trigger, an_ipi)
{
    begin();
    code_send(&code[1], INTERRUPT_LOW, 0);
    expect_both_ends(LVT_CMCI);
}

Test(lapic_trigger, a_self_ipi)
{
    begin();
    code_write_msr(&code[0], APIC_SELF_IPI, INTERRUPT_LOW);
    expect_both_ends(LVT_CMCI);
}

Test(lapic_trigger, the_timer)
{
    begin();
    code_write_msr(&code[0], APIC_INITIAL_COUNT, 1000);
    expect_both_ends(LVT_TIMER);
}

/* An illegal vector raises the error entry. */
Test(lapic_trigger, an_error)
{
    begin();
    code_send(&code[0], 5, 1);
    expect_both_ends(LVT_ERROR);
}

/* ... at the APIC that receives one, too: that of the self-IPI register. */
Test(lapic_trigger, an_error_of_receiving)
{
    begin();
    code_write_msr(&code[0], APIC_SELF_IPI, 5);
    expect_both_ends(LVT_ERROR);
}
