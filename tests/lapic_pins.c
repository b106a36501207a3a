/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pins and local sources of a core, end to end (SDM vol. 3, 10.5.1): machine device 0 drives one of core 0 by a
 * script, core 0 programs the entry and takes what comes. Each program is explored with each reduction and with
 * plain DFS, which must reach the same states.
 */
#include "lapic/line.h"
#include "lapic/lvt.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    R8 = 8, RAX = 0,
    LEVEL = APIC_LVT_LEVEL, MASKED = APIC_LVT_MASKED, LOW = APIC_LVT_ACTIVE_LOW, REMOTE_IRR = APIC_LVT_REMOTE_IRR,
    SMI_MODE = 0x200, NMI_MODE = 0x400, INIT_MODE = 0x500, EXTINT_MODE = 0x700,
    TMR_WORD = APIC_TMR + 2,
};

static const uint32_t msr[LVT_COUNT] = {APIC_LVT_CMCI,  APIC_LVT_TIMER, APIC_LVT_THERMAL, APIC_LVT_PMC,
                                        APIC_LVT_LINT0, APIC_LVT_LINT1, APIC_LVT_ERROR};

static struct code code[2], handler, nmi;
static struct program *p;
static struct lapic *l;
static enum line_action script[LINE_SCRIPT_MAX];
static unsigned actions, driven_core;
static enum apic_lvt driven;

static void begin(enum apic_lvt which, enum line_action first)
{
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    handler.size = nmi.size = 0;
    script[0] = first;
    actions = 1;
    driven = which;
    driven_core = 0;
}

static void write_entry(struct code *c, uint32_t value)
{
    code_write_msr(c, msr[driven], value);
}

/* The handler releases the line. */
static void quiesce(struct code *c)
{
    code_write_register(c, LINE_ADDRESS, 1);
}

/* ... from its second run on: cmp dword [counter], 2; jb behind it */
static void quiesce_second(struct code *c)
{
    struct code body = {.size = 0};
    uint32_t counter = (uint32_t)PROGRAM_BASE + PROGRAM_DATA + 8 * INTERRUPT_COUNTER;
    quiesce(&body);
    code_bytes(c, "\x83\x3c\x25", 3);
    code_bytes(c, &counter, 4);
    code_bytes(c, (uint8_t[]){2, 0x72, (uint8_t)body.size}, 3);
    code_bytes(c, body.byte, body.size);
}

static void open_program(void)
{
    struct code whole = {.size = 0}, whole_nmi = {.size = 0};
    code_handler(&whole, &handler);
    code_nmi_handler(&whole_nmi, &nmi);
    p = program_open(2, 1, MEMORY_TSO);
    l = interrupts_enable(p, &whole, &whole);
    interrupts_enable_nmi(p, &whole_nmi);
    line_device_new_local(l, 0, driven_core, driven, script, actions);
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

/* ---- Levels: LINT0 ---- */

/* It waits for its entry to be unmasked; in service the entry shows remote IRR, and TMR the trigger mode. */
Test(lapic_pins, a_level_waits_for_its_entry)
{
    begin(LVT_LINT0, LINE_ASSERT);
    write_entry(&code[0], INTERRUPT_LOW | LEVEL);
    code_read_msr(&handler, TMR_WORD);
    code_bytes(&handler, "\x45\x89\xc1", 3); /* mov r9d, r8d */
    code_read_msr(&handler, APIC_LVT_LINT0);
    quiesce(&handler);
    expect_interrupts(1);
    cr_expect_eq(with_both(INTERRUPT_LOW | LEVEL | REMOTE_IRR, 1 << (INTERRUPT_LOW & 31)), states.count);
}

Test(lapic_pins, a_mask_holds_a_level_back)
{
    begin(LVT_LINT0, LINE_ASSERT);
    write_entry(&code[0], INTERRUPT_LOW | LEVEL | MASKED);
    expect_interrupts(0);
}

/* What is still there at EOI is accepted again. */
Test(lapic_pins, eoi_accepts_a_level_that_is_still_there)
{
    begin(LVT_LINT0, LINE_ASSERT);
    write_entry(&code[0], INTERRUPT_LOW | LEVEL);
    quiesce_second(&handler);
    expect_interrupts(2);
}

/* Whether the device lets go before or behind the EOI makes the difference: the two do not commute. The handler
 * looks at the line before its EOI (R8). */
Test(lapic_pins, eoi_and_release_in_any_order)
{
    static const struct {
        uint32_t count, seen;
    } ends[] = {{0, 0},           /* released while it was masked */
                {1, 0}, {1, 1},   /* ... before the first look, and between that and EOI */
                {2, 0}, {2, 1}};  /* ... behind EOI, and behind the second look or never */
    begin(LVT_LINT0, LINE_ASSERT);
    script[actions++] = LINE_RELEASE;
    write_entry(&code[0], INTERRUPT_LOW | LEVEL);
    code_read_register(&handler, LINE_ADDRESS);
    quiesce_second(&handler);
    explore_all();
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        cr_expect_eq(states_with_both(&states, state_word(0, R8), ends[i].seen, INTERRUPT_COUNTER,
                                      ends[i].count), 1, "%u", i);
    cr_expect_eq(states.count, sizeof ends / sizeof *ends);
}

/* Bit 13: what nobody asserts is low, and so active. Once the device has asserted it, it is not. */
Test(lapic_pins, polarity)
{
    begin(LVT_LINT0, LINE_ASSERT);
    write_entry(&code[0], INTERRUPT_LOW | LEVEL | LOW);
    write_entry(&handler, INTERRUPT_LOW | LEVEL | LOW | MASKED);
    explore_all();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
    cr_expect_eq(states.count, 2);
}

static void expect_finding(enum verdict verdict, enum apic_lvt which, enum line_action action, uint32_t value,
                           const char *says)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    begin(which, action);
    write_entry(&code[0], value);
    open_program();
    explore(p->m, &o, &r);
    cr_expect_eq(r.verdict, verdict);
    cr_assert_eq(r.finding_count, 1);
    cr_expect(strstr(r.finding[0].finding.message, says), "%s", r.finding[0].finding.message);
}

/* 10.5.1: levels of LINT1 are not supported. */
static void expect_limit(enum apic_lvt which, enum line_action action, uint32_t value, const char *says)
{
    expect_finding(VERDICT_INCOMPLETE, which, action, value, says);
}

Test(lapic_pins, what_is_not_modelled_is_said)
{
    expect_limit(LVT_LINT1, LINE_ASSERT, INTERRUPT_LOW | LEVEL, "LINT1 is level triggered");
    expect_limit(LVT_LINT0, LINE_PULSE, SMI_MODE, "SMI");
    expect_limit(LVT_THERMAL, LINE_PULSE, SMI_MODE, "SMI");
    expect_limit(LVT_LINT0, LINE_PULSE, EXTINT_MODE, "ExtINT");
}

static unsigned missed;

static void note_missed(void *context, struct machine *m)
{
    (void)context;
    missed += !m->state->finding_count;
}

/* 10.5.1: ExtINT is always a level, whatever bit 15 says: it waits for its entry, and no execution is without. */
Test(lapic_pins, extint_is_a_level)
{
    struct explore_options o = {.algorithm = ALGORITHM_DFS, .raw = true, .on_complete = note_missed};
    struct explore_result r;
    begin(LVT_LINT0, LINE_ASSERT);
    code_write_msr(&code[0], APIC_LVT_LINT0, EXTINT_MODE);
    open_program();
    explore(p->m, &o, &r);
    cr_assert_eq(r.finding_count, 1);
    cr_expect(strstr(r.finding[0].finding.message, "ExtINT"));
    cr_expect_eq(missed, 0);
}

/* ---- Edges ---- */

static void expect_edge(enum apic_lvt which, unsigned variable, uint32_t value, uint32_t mask)
{
    begin(which, LINE_PULSE);
    write_entry(&code[0], value | MASKED);
    explore_all();
    cr_expect_eq(with_variable(variable, 0), states.count, "entry %d masked", which);
    begin(which, LINE_PULSE);
    write_entry(&code[0], value);
    code_read_msr(variable == NMI_COUNTER ? &nmi : &handler, msr[which]);
    explore_all();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(variable, 0), 1, "entry %d: lost at a masked entry", which);
    cr_expect_eq(with_variable(variable, 1), 1, "entry %d", which);
    cr_expect_eq(with(0, R8, value | mask), 1, "entry %d: remote IRR stays 0", which);
}

static const enum apic_lvt sources[] = {LVT_CMCI, LVT_THERMAL, LVT_PMC, LVT_LINT0, LVT_LINT1};
enum { SOURCES = sizeof sources / sizeof *sources };

/* 10.5.1: the entry of the performance counters masks itself when it has raised its interrupt. */
static uint32_t own_mask(enum apic_lvt which)
{
    return which == LVT_PMC ? MASKED : 0;
}

Test(lapic_pins, an_edge_of_each_source)
{
    for (unsigned i = 0; i < SOURCES; i++)
        expect_edge(sources[i], INTERRUPT_COUNTER, INTERRUPT_LOW, own_mask(sources[i]));
}

/* 10.5.1, "Delivery Mode": 1, 3 and 6 are reserved; INIT and ExtINT are for LINT0 and LINT1 alone. */
Test(lapic_pins, reserved_delivery_modes_are_bugs)
{
    for (unsigned i = 0; i < SOURCES; i++)
        for (unsigned mode = 1; mode <= 6; mode += mode == 1 ? 2 : 3)
            expect_finding(VERDICT_VIOLATION, sources[i], LINE_PULSE, mode << 8 | INTERRUPT_LOW,
                           "reserved or not supported there");
}

Test(lapic_pins, init_and_extint_are_for_the_pins)
{
    static const enum apic_lvt others[] = {LVT_THERMAL, LVT_PMC, LVT_CMCI};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        expect_finding(VERDICT_VIOLATION, others[i], LINE_PULSE, APIC_INIT << 8, "has delivery mode 5");
        expect_finding(VERDICT_VIOLATION, others[i], LINE_PULSE, EXTINT_MODE, "has delivery mode 7");
    }
}

Test(lapic_pins, an_nmi_of_each_source)
{
    for (unsigned i = 0; i < SOURCES; i++)
        expect_edge(sources[i], NMI_COUNTER, NMI_MODE, own_mask(sources[i]));
}

/* With interrupts off it comes before or behind the store. */
Test(lapic_pins, an_nmi_comes_whatever_if_is)
{
    begin(LVT_LINT1, LINE_PULSE);
    write_entry(&code[0], NMI_MODE);
    code_store(&code[0], 0, 1);
    code_load(&nmi, R8, 0);
    explore_all();
    for (uint32_t seen = 0; seen < 2; seen++)
        cr_expect_eq(states_with_both(&states, state_word(0, R8), seen, NMI_COUNTER, 1), 1, "%u", seen);
}

/* The trigger mode counts for fixed delivery only: an NMI by a pin that stays up is one. */
Test(lapic_pins, an_nmi_is_an_edge)
{
    begin(LVT_LINT1, LINE_ASSERT);
    write_entry(&code[0], NMI_MODE | LEVEL);
    explore_all();
    cr_expect_eq(with_variable(NMI_COUNTER, 1), 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 0), 1);
    cr_expect_eq(states.count, 2);
}

/* Behind the first interrupt the counter's entry is masked until software unmasks it. */
static void two_counter_interrupts(bool unmasks, unsigned most)
{
    begin(LVT_PMC, LINE_PULSE);
    script[actions++] = LINE_PULSE;
    write_entry(&code[0], INTERRUPT_LOW);
    if (unmasks)
        write_entry(&handler, INTERRUPT_LOW);
    explore_all();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, most), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, most + 1), 0);
}

Test(lapic_pins, the_counter_masks_itself)
{
    two_counter_interrupts(false, 1);
    two_counter_interrupts(true, 2);
}

/* INIT by a pin resets a core other than the bootstrap processor, which then waits for start-up. */
Test(lapic_pins, init_by_a_pin)
{
    begin(LVT_LINT0, LINE_PULSE);
    driven_core = 1;
    write_entry(&code[1], INIT_MODE);
    code_store(&code[1], 0, 1);
    code_load(&code[0], R8, 0);
    explore_all();
    cr_expect_gt(with_variable(0, 0), 0, "it was reset before its store");
    cr_expect_gt(with_variable(0, 1), 0);
}
