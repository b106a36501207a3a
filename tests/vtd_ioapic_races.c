/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line behind an I/O APIC behind a VT-d unit, in programs of two cores that are explored with each reduction and
 * with plain DFS, which must reach the same states.
 */
#include "iommu/ioapic_remap.h"
#include "lapic/line.h"
#include "tests/vtd_program.h"

enum { LINE, REMAPPED_UNIT, IOAPIC, DEVICES, PIN = 5, R8 = 8, TM = 1 << 4, ENTRY_LOW = IOAPIC_ENTRY + 2 * PIN };

static struct code handler;
static enum line_action action;

static void write_ioapic(struct code *c, uint32_t index, uint32_t value)
{
    code_write_register(c, IOAPIC_ADDRESS + IOAPIC_SELECT, index);
    code_write_register(c, IOAPIC_ADDRESS + IOAPIC_WINDOW, value);
}

static void program_pin(uint32_t low)
{
    write_ioapic(&code[0], ENTRY_LOW + 1, (uint32_t)((RTE_REMAPPABLE | RTE_HANDLE(ENTRY)) >> 32));
    write_ioapic(&code[0], ENTRY_LOW, low);
}

static void explore_line(struct vtd_irte entry)
{
    struct code whole = {.size = 0};
    code_handler(&whole, &handler);
    struct program *p = program_open(2, DEVICES, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &whole, &whole);
    struct vtd *v = vtd_new(p->m, p->cpu, l, REMAPPED_UNIT);
    struct ioapic *io = ioapic_new(l, IOAPIC);
    ioapic_remap_new(p->m, l, v, io, IOAPIC);
    enable_unit(p, v);
    put(p, ENTRY_AT, entry.low, entry.high);
    line_device_new(io, LINE, PIN, &action, 1);
    code_idle(&code[0]);
    code_end(&code[1]);
    program_start(p, code);
    states_of(p);
    cr_assert_eq(states.findings, 0);
}

static void begin_line(enum line_action what)
{
    begin(0);
    handler.size = 0;
    action = what;
}

/* A level goes through the unit until its handler releases it: once. */
Test(vtd_ioapic_races, a_level_is_served_once)
{
    begin_line(LINE_ASSERT);
    program_pin(INTERRUPT_LOW | RTE_LEVEL);
    code_write_register(&handler, LINE_ADDRESS + 0x1000 * LINE, 1);
    explore_line((struct vtd_irte){1 | TM | INTERRUPT_LOW << 16, 0});
    cr_expect_gt(states.count, 0);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), states.count);
}

/* The request of an edge may be looked up long behind it: core 1 takes the entry away meanwhile, and the interrupt
 * that core 0 can see pending is blocked. */
Test(vtd_ioapic_races, the_entry_may_go_while_the_request_waits)
{
    begin_line(LINE_PULSE);
    program_pin(INTERRUPT_LOW);
    code_write_register(&code[0], IOAPIC_ADDRESS + IOAPIC_SELECT, ENTRY_LOW);
    code_read_register(&code[0], IOAPIC_ADDRESS + IOAPIC_WINDOW);
    code_store_quad(&code[1], ENTRY_AT, 0);
    explore_line((struct vtd_irte){1 | INTERRUPT_LOW << 16, 0});
    cr_expect_gt(states_with_both(&states, state_word(0, R8), INTERRUPT_LOW | RTE_STATUS, INTERRUPT_COUNTER, 0), 0);
    cr_expect_gt(states_with_both(&states, state_word(0, R8), INTERRUPT_LOW | RTE_STATUS, INTERRUPT_COUNTER, 1), 0);
    cr_expect_gt(states_with_both(&states, state_word(0, R8), INTERRUPT_LOW, INTERRUPT_COUNTER, 1), 0);
}
