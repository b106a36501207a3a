/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowest-priority messages: which of the APICs that match gets it (SDM vol. 3, 10.6.1, 10.6.2.4, 10.5.3).
 */
#include "tests/lapic_fixture.h"
#include "tests/support/agree.h"
#include "tests/support/snippets.h"

TestSuite(lapic_lowest, .init = set_up);

enum { LOWEST = 1 << 8, LOGICAL = 1 << 11, OTHERS = 3 << 18, VECTOR = 0x41, NOBODY = 9 };

/* Core 0 sends to both, in x2APIC mode; core 1 has done what its list says. Who has it pending? */
static unsigned chosen(void)
{
    op(1, SIGNAL, 0, 1);
    op(0, AWAIT, 0, 1);
    wrmsr(0, 0x830, 3ull << 32 | LOGICAL | LOWEST | VECTOR);
    execute();
    bool first = lapic_irr(l, 0, VECTOR), second = lapic_irr(l, 1, VECTOR);
    cr_assert(!first || !second);
    return first ? 0 : second ? 1 : NOBODY;
}

static void both_x2apic(const char *knob)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    to_x2apic(0);
    to_x2apic(1);
}

static unsigned chosen_by_tpr(uint32_t tpr0, uint32_t tpr1, const char *knob)
{
    both_x2apic(knob);
    wrmsr(0, 0x808, tpr0);
    wrmsr(1, 0x808, tpr1);
    return chosen();
}

Test(lapic_lowest, the_lowest_task_priority_gets_it)
{
    static const char *const tie[2] = {"lowest-priority-tie=lowest-core", "lowest-priority-tie=highest-core"};
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(chosen_by_tpr(0x20, 0x30, tie[i]), 0);
        cr_expect_eq(chosen_by_tpr(0x30, 0x20, tie[i]), 1);
        cr_expect_eq(chosen_by_tpr(0x2f, 0x20, tie[i]), i, "of one class it is a tie");
    }
}

static unsigned chosen_in_service(const char *knob)
{
    both_x2apic(knob);
    bits256_set(lapic_regs(l, 0)->isr, 0x61);
    return chosen();
}

Test(lapic_lowest, what_is_in_service_may_count_as_well)
{
    cr_expect_eq(chosen_in_service("lowest-priority-rank=tpr"), 0);
    cr_expect_eq(chosen_in_service("lowest-priority-rank=ppr"), 1);
}

/* SDM vol. 3, 10.4.7.2 */
Test(lapic_lowest, one_that_is_disabled_by_software_takes_no_part)
{
    both_x2apic("lowest-priority-tie=highest-core");
    wrmsr(1, 0x80f, 0xff);
    cr_expect_eq(chosen(), 0);
}

Test(lapic_lowest, nobody_gets_it_when_all_are_disabled)
{
    both_x2apic("lowest-priority-tie=highest-core");
    wrmsr(1, 0x80f, 0xff);
    wrmsr(0, 0x80f, 0xff);
    cr_expect_eq(chosen(), NOBODY);
    cr_expect(strstr(said, "which nobody has"), "nothing is sent: %s", said);
}

Test(lapic_lowest, only_those_that_match_take_part)
{
    both_x2apic("lowest-priority-tie=lowest-core");
    op(1, SIGNAL, 0, 1);
    op(0, AWAIT, 0, 1);
    wrmsr(0, 0x830, 2ull << 32 | LOGICAL | LOWEST | VECTOR);
    wrmsr(0, 0x830, OTHERS | LOWEST | (VECTOR + 1));
    execute();
    cr_expect(lapic_irr(l, 1, VECTOR) && lapic_irr(l, 1, VECTOR + 1));
    cr_expect(!lapic_irr(l, 0, VECTOR) && !lapic_irr(l, 0, VECTOR + 1));
}

/* SDM vol. 3, 10.6.2.1: "is not supported [...] and must not be configured by software". */
Test(lapic_lowest, there_is_no_physical_broadcast)
{
    to_x2apic(0);
    wrmsr(0, 0x830, 0xffffffffull << 32 | LOWEST | VECTOR);
    must_find(FINDING_BUG, "lowest priority with a physical broadcast is invalid");
}

static uint64_t esr_after_sending(const char *knob, unsigned vector)
{
    both_x2apic(knob);
    wrmsr(0, 0x830, 1ull << 32 | LOWEST | vector);
    wrmsr(0, 0x828, 0);
    unsigned esr = rdmsr(0, 0x828);
    execute();
    return result(0, esr);
}

/* SDM vol. 3, 10.5.3: bit 4 alone, also with an illegal vector; where they are known that is bit 5. */
Test(lapic_lowest, an_apic_may_not_know_them)
{
    cr_expect_eq(esr_after_sending("lowest-priority-ipi=refused", VECTOR), 1 << 4);
    cr_expect_eq(lapic_irr(l, 1, VECTOR), 0);
    cr_expect_eq(esr_after_sending("lowest-priority-ipi=refused", 0x0f), 1 << 4);
    cr_expect_eq(esr_after_sending("lowest-priority-ipi=sent", 0x0f), 1 << 5);
    cr_expect_eq(esr_after_sending("lowest-priority-ipi=sent", VECTOR), 0);
}

/* ---- The choice under fire ---- */

enum { LIMIT = 40000 };
static struct state_set reached;

static struct program *open_choice(const struct code code[2], unsigned rank)
{
    struct code handler = {.size = 0};
    struct program *p = program_open(2, 0, MEMORY_TSO);
    code_handler(&handler, NULL);
    interrupts_enable(p, &handler, &handler);
    p->m->knobs.value[KNOB_LOWEST_PRIORITY_RANK] = (uint8_t)rank;
    program_start(p, code);
    return p;
}

static void explore_choice(const struct code code[2], unsigned rank)
{
    char text[200];
    struct program *p = open_choice(code, rank);
    enum agreement a = agree_with_dfs(p, LIMIT, &reached, text, sizeof text);
    cr_assert_eq(a, AGREES, "%s", a == DIFFERS ? text : "too large");
    cr_expect_eq(reached.findings, 0);
}

static void send_to_both(struct code *c)
{
    code_send(c, LOGICAL | LOWEST | INTERRUPT_LOW, 3);
}

/* Core 0 raises its priority at any moment, and counts what it gets; core 1 keeps what it gets. */
Test(lapic_lowest, a_task_priority_that_changes_meanwhile)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_write_msr(&code[0], 0x808, 0x20);
    code_idle(&code[0]);
    send_to_both(&code[1]);
    code_end(&code[1]);
    explore_choice(code, 0);
    cr_expect(states_with(&reached, INTERRUPT_COUNTER, 0));
    cr_expect(states_with(&reached, INTERRUPT_COUNTER, 1));
}

/* By PPR: core 0 is in the handler of 52h, of a higher class, or it is not. */
Test(lapic_lowest, an_interrupt_in_service_meanwhile)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_HIGH, 0);
    send_to_both(&code[1]);
    code_end(&code[1]);
    explore_choice(code, 1);
    cr_expect(states_with(&reached, INTERRUPT_COUNTER, 1));
    cr_expect(states_with(&reached, INTERRUPT_COUNTER, 2));
}

/* Core 0 is in the handler between its store and its load, which is no boundary on a core with quiet
 * handlers alone: core 1, which has seen the store, chooses itself, and its next store is loaded. Too many
 * executions for DFS. */
Test(lapic_lowest, an_interrupt_between_plain_accesses)
{
    enum { X, Y, R8 = 8, R9 = 9 };
    struct code code[2] = {{.size = 0}, {.size = 0}};
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_sti(&code[0]);
    code_store(&code[0], X, 1);
    code_load(&code[0], 8, Y);
    code_idle(&code[0]);
    code_send(&code[1], INTERRUPT_HIGH, 0);
    code_load(&code[1], 9, X);
    send_to_both(&code[1]);
    code_store(&code[1], Y, 1);
    code_end(&code[1]);
    struct program *p = open_choice(code, 1);
    cr_assert(interrupts_explore(p, ALGORITHM_OPTIMAL, false, LIMIT, &reached));
    unsigned found = 0;
    for (unsigned i = 0; i < reached.count; i++) {
        const uint32_t *w = reached.state[i].word;
        found += w[INTERRUPT_COUNTER] == 1 && w[state_word(0, R8)] == 1 && w[state_word(1, R9)] == 1;
    }
    cr_expect(found);
}
