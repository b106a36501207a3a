/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC and the broadcast of EOIs (82093AA data sheet, 3; SDM vol. 3, 10.8.5). Machine device 0 is
 * the I/O APIC, 1 drives pin 5 by a script. Core 0 programs the entry and takes the interrupts. Each
 * program is explored with each reduction and with plain DFS, which must reach the same states.
 */
#include "lapic/ioapic_internal.h"
#include "lapic/line.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    R8 = 8, R9 = 9, RAX = 0, PIN = 5,
    ENTRY_LOW = IOAPIC_ENTRY + 2 * PIN,
    NMI_MODE = 0x400, INIT_MODE = 0x500, SMI_MODE = 0x200, EXTINT_MODE = 0x700, LOWEST_MODE = 0x100,
    TMR_WORD = APIC_TMR + 2,
    TO_CORE_1 = 1 << 24,
};

static struct code code[2], handler, nmi;
static struct program *p;
static enum line_action script[LINE_SCRIPT_MAX];
static unsigned actions;
static bool wired_low;

/* mov dword [rax + offset], value */
static void write_at(struct code *c, uint8_t offset, uint32_t value)
{
    code_bytes(c, (uint8_t[]){0xc7, 0x40, offset}, 3);
    code_bytes(c, &value, 4);
}

static void write_ioapic(struct code *c, uint32_t index, uint32_t value)
{
    code_mov_long(c, RAX, IOAPIC_ADDRESS);
    write_at(c, IOAPIC_SELECT, index);
    write_at(c, IOAPIC_WINDOW, value);
}

static void read_ioapic(struct code *c, uint32_t index) /* to R8 */
{
    code_mov_long(c, RAX, IOAPIC_ADDRESS);
    write_at(c, IOAPIC_SELECT, index);
    code_bytes(c, "\x44\x8b\x40\x10", 4); /* mov r8d, [rax + 10h] */
}

/* The handler releases the line, before it ends its interrupt. */
static void quiesce(struct code *c)
{
    code_mov_long(c, RAX, LINE_ADDRESS + 0x1000);
    write_at(c, 0, 1);
}

/* ... when it runs for the second time: cmp dword [counter], 2; jne behind it */
static void quiesce_second(struct code *c)
{
    struct code body = {.size = 0};
    uint32_t counter = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + 8 * INTERRUPT_COUNTER;
    quiesce(&body);
    code_bytes(c, "\x83\x3c\x25", 3);
    code_bytes(c, &counter, 4);
    code_bytes(c, (uint8_t[]){2, 0x75, (uint8_t)body.size}, 3);
    code_bytes(c, body.byte, body.size);
}

static void begin(enum line_action first)
{
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    handler.size = nmi.size = 0;
    script[0] = first;
    actions = 1;
    wired_low = false;
}

static void program_entry(uint32_t low)
{
    write_ioapic(&code[0], ENTRY_LOW, low);
}

static void open_program(void)
{
    struct code whole = {.size = 0}, whole_nmi = {.size = 0};
    code_handler(&whole, &handler);
    code_nmi_handler(&whole_nmi, &nmi);
    p = program_open(2, 2, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &whole, &whole);
    interrupts_enable_nmi(p, &whole_nmi);
    struct ioapic *io = ioapic_new(l, 0);
    if (wired_low)
        ioapic_wire_active_low(io, PIN);
    line_device_new(io, 1, PIN, script, actions);
    code_idle(&code[0]);
    code_end(&code[1]);
    program_start(p, code);
}

static void explore_all(void)
{
    open_program();
    states_of(p);
    cr_assert_eq(states.findings, 0);
    cr_assert_gt(states.count, 0);
}

static void expect_interrupts(unsigned count)
{
    explore_all();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, count), states.count);
}

/* ---- Edges and levels ---- */

/* An edge at a masked pin is lost, one behind that is sent. */
Test(lapic_ioapic, an_edge_at_a_masked_pin_is_lost)
{
    begin(LINE_PULSE);
    program_entry(INTERRUPT_LOW);
    explore_all();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
}

/* Two edges are two interrupts, unless the second comes while the first is in IRR. */
Test(lapic_ioapic, two_edges_are_two_interrupts_or_one)
{
    begin(LINE_PULSE);
    script[actions++] = LINE_PULSE;
    program_entry(INTERRUPT_LOW);
    explore_all();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), 1);
    cr_expect_eq(states.count, 3);
}

/* A level waits for the entry to be unmasked. In service its entry shows remote IRR, and TMR the trigger
 * mode. */
Test(lapic_ioapic, a_level_is_sent_when_the_pin_is_unmasked)
{
    begin(LINE_ASSERT);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    read_ioapic(&handler, ENTRY_LOW);
    code_mov(&handler, 1, TMR_WORD);
    code_bytes(&handler, "\x0f\x32\x41\x89\xc1", 5); /* rdmsr; mov r9d, eax */
    quiesce(&handler);
    expect_interrupts(1);
    cr_expect_eq(with_both(INTERRUPT_LOW | RTE_LEVEL | RTE_REMOTE_IRR, 1 << (INTERRUPT_LOW & 31)),
                 states.count);
}

Test(lapic_ioapic, masking_holds_a_level_back)
{
    begin(LINE_ASSERT);
    program_entry(INTERRUPT_LOW | RTE_LEVEL | RTE_MASKED);
    expect_interrupts(0);
}

/* ---- End of interrupt ---- */

/* 10.8.5: the broadcast ends remote IRR; what is still asserted then is sent again. */
Test(lapic_ioapic, L15_an_eoi_is_broadcast)
{
    begin(LINE_ASSERT);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    quiesce_second(&handler);
    expect_interrupts(2);
}

/* With SVR[12] it is not: the pin stays in service. */
Test(lapic_ioapic, L15_svr_12_suppresses_the_broadcast)
{
    begin(LINE_ASSERT);
    code_write_msr(&code[0], APIC_SVR, 0x11ff);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    quiesce_second(&handler);
    expect_interrupts(1);
}

/* ... unless software ends it at the I/O APIC itself. */
Test(lapic_ioapic, L15_a_directed_eoi_does_the_same)
{
    begin(LINE_ASSERT);
    code_write_msr(&code[0], APIC_SVR, 0x11ff);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    quiesce_second(&handler);
    code_mov_long(&handler, RAX, IOAPIC_ADDRESS);
    write_at(&handler, IOAPIC_EOI, INTERRUPT_LOW);
    explore_all();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), states.count);
}

/* The EOI register ends the vector that is written, no other. */
Test(lapic_ioapic, a_directed_eoi_names_its_vector)
{
    begin(LINE_ASSERT);
    code_write_msr(&code[0], APIC_SVR, 0x11ff);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    quiesce_second(&handler);
    code_mov_long(&handler, RAX, IOAPIC_ADDRESS);
    write_at(&handler, IOAPIC_EOI, INTERRUPT_HIGH);
    expect_interrupts(1);
}

/* A broadcast is a message: the core that has made its EOI may still find remote IRR set. */
Test(lapic_ioapic, the_broadcast_may_be_late)
{
    begin(LINE_ASSERT);
    program_entry(INTERRUPT_LOW | RTE_LEVEL);
    quiesce(&handler);
    code_store(&handler, 0, 1);
    code_sti(&code[0]);
    code_wait_until_set(&code[0], 0);
    code_cli(&code[0]);
    read_ioapic(&code[0], ENTRY_LOW);
    expect_interrupts(1);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with(0, R8, INTERRUPT_LOW | RTE_LEVEL), 1);
    cr_expect_eq(with(0, R8, INTERRUPT_LOW | RTE_LEVEL | RTE_REMOTE_IRR), 1);
}

/* An edge sets no remote IRR, and its EOI tells the I/O APIC nothing. */
Test(lapic_ioapic, an_edge_has_no_remote_irr)
{
    begin(LINE_PULSE);
    program_entry(INTERRUPT_LOW);
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    read_ioapic(&handler, ENTRY_LOW);
    explore_all();
    cr_expect_eq(with(0, R8, INTERRUPT_LOW) + with_variable(INTERRUPT_COUNTER, 0), states.count);
}

/* ---- Fields of an entry ---- */

/* Polarity: a line that is driven low to assert is an edge for an entry that reads it so, and the end of
 * one for another. */
Test(lapic_ioapic, polarity)
{
    begin(LINE_ASSERT);
    wired_low = true;
    program_entry(INTERRUPT_LOW | RTE_ACTIVE_LOW);
    explore_all();
    cr_expect_eq(states.count, 2, "before the entry is unmasked, or behind that");
    begin(LINE_ASSERT);
    wired_low = true;
    program_entry(INTERRUPT_LOW);
    expect_interrupts(0);
    begin(LINE_ASSERT);
    wired_low = true;
    program_entry(INTERRUPT_LOW | RTE_ACTIVE_LOW | RTE_LEVEL);
    quiesce(&handler);
    expect_interrupts(1);
}

Test(lapic_ioapic, an_nmi_comes_whatever_if_is)
{
    begin(LINE_ASSERT);
    program_entry(NMI_MODE | RTE_LEVEL); /* an edge all the same */
    code_store(&code[0], 0, 1);
    code_cli(&code[0]);
    code_end(&code[0]);
    explore_all();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(NMI_COUNTER, 1), 1);
}

/* 10.6.2.4: a lowest-priority interrupt for both cores gets to one. */
Test(lapic_ioapic, lowest_priority_goes_to_one)
{
    begin(LINE_ASSERT);
    write_ioapic(&code[0], ENTRY_LOW + 1, 3 << 24); /* logical: bits 0 and 1 of cluster 0 */
    program_entry(INTERRUPT_LOW | LOWEST_MODE | RTE_LOGICAL | RTE_LEVEL);
    code_idle(&code[1]);
    quiesce(&handler);
    expect_interrupts(1);
}

Test(lapic_ioapic, init_goes_to_its_destination)
{
    begin(LINE_ASSERT);
    write_ioapic(&code[0], ENTRY_LOW + 1, TO_CORE_1);
    program_entry(INIT_MODE);
    code_store(&code[1], 0, 1);
    code_load(&code[0], 8, 0);
    explore_all();
    cr_expect_eq(with_variable(0, 0), 1, "it was reset before its store");
}

static void expect_limit(uint32_t mode, const char *says)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    begin(LINE_PULSE);
    program_entry(mode);
    open_program();
    explore(p->m, &o, &r);
    cr_expect_eq(r.verdict, VERDICT_INCOMPLETE);
    cr_assert_eq(r.finding_count, 1);
    cr_expect(strstr(r.finding[0].finding.message, says), "%s", r.finding[0].finding.message);
}

Test(lapic_ioapic, smi_and_extint_are_limits)
{
    expect_limit(SMI_MODE, "SMI");
    expect_limit(EXTINT_MODE, "ExtINT");
}

/* ---- Registers ---- */

Test(lapic_ioapic, id_and_version)
{
    begin(LINE_PULSE);
    write_ioapic(&code[0], IOAPIC_ID, 0x09000000);
    read_ioapic(&code[0], IOAPIC_ID);
    code_bytes(&code[0], "\x45\x89\xc1", 3); /* mov r9d, r8d */
    read_ioapic(&code[0], IOAPIC_VERSION);
    explore_all();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0x00170020, 0x09000000), 1);
}

/* Status and remote IRR are read only; reserved bits stay 0; entries are masked after a reset. */
Test(lapic_ioapic, bits_of_an_entry)
{
    begin(LINE_PULSE);
    read_ioapic(&code[0], ENTRY_LOW);
    code_bytes(&code[0], "\x45\x89\xc1", 3); /* mov r9d, r8d */
    program_entry(0xffffffff);
    read_ioapic(&code[0], ENTRY_LOW);
    explore_all();
    cr_expect_eq(with_both(0x1afff, RTE_MASKED), states.count);
}

Test(lapic_ioapic, accesses_have_four_bytes)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    begin(LINE_PULSE);
    code_mov_long(&code[0], RAX, IOAPIC_ADDRESS);
    code_bytes(&code[0], "\x66\xc7\x40\x10\x00\x00", 6); /* mov word [rax + 10h], 0 */
    open_program();
    explore(p->m, &o, &r);
    cr_assert_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_BUG);
}

/* ---- Without exploration: what a change at the pin sends ---- */

static uint32_t sent(struct ioapic *io, unsigned driver, bool asserted)
{
    ioapic_drive(io, ioapic_source(io), driver, PIN, asserted);
    return p->m->state->queue[ioapic_source(io)].sent;
}

static struct ioapic *open_with(uint64_t entry)
{
    begin(LINE_ASSERT);
    open_program();
    struct ioapic *io = ((struct lapic *)p->cpu->apic)->ioapic;
    io->state->entry[PIN] = entry;
    return io;
}

/* Drivers of one pin are wired together: what one releases another may still assert, so that a second
 * assertion is no edge. */
Test(lapic_ioapic, drivers_share_a_pin)
{
    struct ioapic *io = open_with(INTERRUPT_LOW);
    cr_expect_eq(sent(io, 1, true), 1);
    cr_expect_eq(sent(io, 2, true), 1);
    cr_expect_eq(sent(io, 1, false), 1);
    cr_expect_eq(sent(io, 1, true), 1);
}

/* A destination is an id; FFh is everybody. */
Test(lapic_ioapic, a_broadcast_goes_to_all)
{
    cr_expect_eq(sent(open_with(INTERRUPT_LOW | 0x01ull << 56), 1, true), 1);
    cr_expect_eq(sent(open_with(INTERRUPT_LOW | 0xffull << 56), 1, true), 2);
}

/* An entry whose remote IRR is set sends nothing; one that becomes edge triggered loses the bit. */
Test(lapic_ioapic, remote_irr_holds_back)
{
    struct ioapic *io = open_with(INTERRUPT_LOW | RTE_LEVEL);
    cr_expect_eq(sent(io, 1, true), 1);
    cr_expect(ioapic_entry(io, PIN) & RTE_REMOTE_IRR);
    cr_expect_eq(sent(io, 1, false), 1);
    cr_expect_eq(sent(io, 1, true), 1);
    ioapic_write_entry(io, 0, PIN, INTERRUPT_LOW);
    cr_expect_eq(ioapic_entry(io, PIN), INTERRUPT_LOW);
}
