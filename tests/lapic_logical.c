/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Destinations: whom a message of an ICR write reaches, by the ids, LDR and DFR that the targets have when it
 * arrives (SDM vol. 3, 10.6.2, 10.12.9, 10.12.10).
 */
#include "tests/lapic_fixture.h"
#include "tests/support/agree.h"
#include "tests/support/snippets.h"

TestSuite(lapic_logical, .init = set_up);

enum { PHYSICAL = 0, LOGICAL = 1 << 11, VECTOR = 0x41 };

/* A message from core 0 in x2APIC mode to core 1, also there, with this id: is it accepted? */
static bool x2apic_accepts(uint32_t id, unsigned mode, uint32_t destination)
{
    set_up();
    lapic_set_id(l, 0, 0x777);
    lapic_set_id(l, 1, id);
    to_x2apic(1);
    op(1, SIGNAL, 0, 1);
    op(1, AWAIT, 0, 2);
    unsigned irr = rdmsr(1, 0x822);
    to_x2apic(0);
    op(0, AWAIT, 0, 1);
    wrmsr(0, 0x830, (uint64_t)destination << 32 | mode | VECTOR);
    op(0, SIGNAL, 0, 2);
    execute();
    return result(1, irr) == 1 << (VECTOR & 31);
}

/* All message slots of core 1 are taken when it sends to a logical id that nobody has. Before that step is
 * made core 0 takes the id: the message is for it, and waits for room. */
Test(lapic_logical, a_target_that_appears_late_waits_for_room)
{
    store(0, 0xd0, 2u << 24);
    op(0, SIGNAL, 0, 1);
    for (unsigned i = 0; i < m->slots; i++)
        store(1, 0x300, VECTOR);
    store(1, 0x310, 2u << 24);
    store(1, 0x300, LOGICAL | (VECTOR + 1));
    start();
    while (m->state->queue[1].sent < m->slots)
        agent_step(m, 1);
    agent_step(m, 1); /* the high dword; the core stands before the low one */
    while (agent_enabled(m, 0))
        agent_step(m, 0);
    while (agent_enabled(m, 1))
        agent_step(m, 1);
    cr_expect_eq(m->state->queue[1].sent, m->slots);
    run();
    cr_expect_eq(m->state->queue[1].sent, m->slots + 1);
    cr_expect_eq(m->state->finding_count, 0);
}

/* SDM vol. 3, 10.12.10.1: cluster 2, bits 3 and 4. */
Test(lapic_logical, L7_logical_destination_in_x2apic_mode)
{
    cr_expect(x2apic_accepts(0x23, LOGICAL, 0x00020018));
    cr_expect(x2apic_accepts(0x24, LOGICAL, 0x00020018));
    cr_expect_not(x2apic_accepts(0x13, LOGICAL, 0x00020018));
    cr_expect_not(x2apic_accepts(0x25, LOGICAL, 0x00020018));
}

/* SDM vol. 3, 10.12.9: FFFFFFFFh is the broadcast in both modes, FFh is an id like any other. */
Test(lapic_logical, physical_destination_in_x2apic_mode)
{
    cr_expect(x2apic_accepts(0x10123, PHYSICAL, 0x10123));
    cr_expect_not(x2apic_accepts(0x10123, PHYSICAL, 0x23));
    cr_expect_not(x2apic_accepts(0x10123, PHYSICAL, 0xff));
    cr_expect(x2apic_accepts(0xff, PHYSICAL, 0xff));
    cr_expect(x2apic_accepts(0x10123, PHYSICAL, 0xffffffff));
    cr_expect(x2apic_accepts(0x10123, LOGICAL, 0xffffffff));
}

/* The same in xAPIC mode; `early`: LDR and DFR are what they are before the start, so that the
 * message is compared as it is sent. */
static bool xapic_accepts(uint32_t ldr, uint32_t dfr, unsigned mode, uint8_t destination, bool early)
{
    set_up();
    lapic_set_id(l, 0, 0x99);
    if (early) {
        lapic_regs(l, 1)->ldr = ldr << 24;
        lapic_regs(l, 1)->dfr = dfr;
    } else {
        store(1, 0x0e0, dfr);
        store(1, 0x0d0, ldr << 24);
    }
    to_xapic(1);
    op(1, SIGNAL, 0, 1);
    op(1, AWAIT, 0, 2);
    unsigned irr = load(1, 0x220);
    op(0, AWAIT, 0, 1);
    store(0, 0x310, (uint32_t)destination << 24);
    store(0, 0x300, mode | VECTOR);
    op(0, SIGNAL, 0, 2);
    execute();
    return result(1, irr) == 1 << (VECTOR & 31);
}

enum { FLAT = -1, CLUSTER = 0x0fffffff };

/* SDM vol. 3, 10.6.2.2 */
Test(lapic_logical, L8_flat_model)
{
    for (unsigned early = 0; early < 2; early++) {
        cr_expect(xapic_accepts(0x02, FLAT, LOGICAL, 0x06, early));
        cr_expect_not(xapic_accepts(0x02, FLAT, LOGICAL, 0x05, early));
        cr_expect(xapic_accepts(0x02, FLAT, LOGICAL, 0xff, early));
        cr_expect_not(xapic_accepts(0x00, FLAT, LOGICAL, 0x7f, early), "LDR 0 is in no set");
        cr_expect(xapic_accepts(0x00, FLAT, LOGICAL, 0xff, early), "FFh is for all");
    }
}

Test(lapic_logical, L9_cluster_model)
{
    for (unsigned early = 0; early < 2; early++) {
        cr_expect(xapic_accepts(0x21, CLUSTER, LOGICAL, 0x23, early));
        cr_expect_not(xapic_accepts(0x21, CLUSTER, LOGICAL, 0x13, early));
        cr_expect_not(xapic_accepts(0x21, CLUSTER, LOGICAL, 0x22, early));
        cr_expect(xapic_accepts(0x21, CLUSTER, LOGICAL, 0xff, early));
    }
}

/* SDM vol. 3, 10.6.2.1: FFh is the broadcast. */
Test(lapic_logical, physical_destination_in_xapic_mode)
{
    cr_expect(xapic_accepts(0x40, FLAT, PHYSICAL, 0x01, true));
    cr_expect_not(xapic_accepts(0x40, FLAT, PHYSICAL, 0x40, true));
    cr_expect(xapic_accepts(0x40, FLAT, PHYSICAL, 0xff, true));
}

/* SDM vol. 3, 10.6.2.2 knows two models. */
Test(lapic_logical, other_models_are_undefined)
{
    store(1, 0x0e0, 0x50000000);
    to_xapic(1);
    op(1, SIGNAL, 0, 1);
    op(0, AWAIT, 0, 1);
    store(0, 0x310, 1u << 24);
    store(0, 0x300, LOGICAL | VECTOR);
    must_find(FINDING_LIMIT, "CPU1: a logical destination meets DFR 0x5fffffff");
}

/* SDM vol. 3, 10.12.8.1: mixed modes meet in the low 8 bits of the id. */
Test(lapic_logical, an_x2apic_sender_reaches_an_xapic_by_its_id)
{
    to_xapic(1);
    op(1, SIGNAL, 0, 1);
    op(1, AWAIT, 0, 2);
    unsigned irr = load(1, 0x220);
    to_x2apic(0);
    op(0, AWAIT, 0, 1);
    wrmsr(0, 0x830, 1ull << 32 | VECTOR);
    wrmsr(0, 0x830, 0x101ull << 32 | (VECTOR + 1)); /* nobody has that id */
    op(0, SIGNAL, 0, 2);
    execute();
    cr_expect_eq(result(1, irr), 1 << (VECTOR & 31));
}

/* ---- A destination that changes under a message ---- */

enum { SENT, LIMIT = 20000 };
static struct state_set reached;

static void code_mmio(struct code *c, uint32_t offset, uint32_t value)
{
    code_mov_long(c, 0, BASE + offset);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], value */
    code_bytes(c, &value, 4);
}

/* A handler in xAPIC mode. */
static void code_xapic_handler(struct code *c)
{
    code_bytes(c, "\x50", 1); /* push rax */
    code_add(c, INTERRUPT_COUNTER, 1);
    code_mmio(c, 0x0b0, 0);
    code_bytes(c, "\x58\x48\xcf", 3); /* pop rax; iretq */
}

/* Core 1 sends to logical address 2, then says so; core 0, whose LDR in xAPIC mode that is, hears it,
 * changes something, and takes interrupts from then on. What have they counted in the end? */
static void explore_change(const struct code *change, const struct code *handler)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    char text[200];
    struct program *p = program_open(2, 0, MEMORY_TSO);
    l = interrupts_enable(p, handler, handler);
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_EXTD;
    lapic_regs(l, 0)->ldr = 2u << 24;
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_wait_until_set(&code[0], SENT);
    code_bytes(&code[0], change->byte, change->size);
    code_idle(&code[0]);
    code_send(&code[1], LOGICAL | INTERRUPT_LOW, 2);
    code_store(&code[1], SENT, 1);
    code_end(&code[1]);
    program_start(p, code);
    enum agreement a = agree_with_dfs(p, LIMIT, &reached, text, sizeof text);
    cr_assert_eq(a, AGREES, "%s", a == DIFFERS ? text : "too large");
    cr_expect_eq(reached.findings, 0);
}

static unsigned ends_with(unsigned interrupts)
{
    return states_with(&reached, INTERRUPT_COUNTER, interrupts);
}

/* The message may come before the change, or after it, when it is for nobody any more. */
Test(lapic_logical, a_new_ldr_counts_for_a_message_on_its_way)
{
    struct code change = {.size = 0}, handler = {.size = 0};
    code_xapic_handler(&handler);
    code_mmio(&change, 0x0d0, 1u << 24);
    explore_change(&change, &handler);
    cr_expect(ends_with(0) && ends_with(1));
}

Test(lapic_logical, a_new_ldr_with_the_same_bit_changes_nothing)
{
    struct code change = {.size = 0}, handler = {.size = 0};
    code_xapic_handler(&handler);
    code_mmio(&change, 0x0d0, 3u << 24);
    explore_change(&change, &handler);
    cr_expect(!ends_with(0) && ends_with(1));
}

Test(lapic_logical, a_new_dfr_counts_for_a_message_on_its_way)
{
    struct code change = {.size = 0}, handler = {.size = 0};
    code_xapic_handler(&handler);
    code_mmio(&change, 0x0e0, 0); /* cluster 0, bit 1: it is still for core 0 */
    explore_change(&change, &handler);
    cr_expect(!ends_with(0) && ends_with(1));
    change.size = 0;
    code_mmio(&change, 0x0d0, 0x12u << 24); /* flat: bits 1 and 4, as before; cluster: 1 */
    code_mmio(&change, 0x0e0, 0);
    explore_change(&change, &handler);
    cr_expect(ends_with(0) && ends_with(1));
}

/* In x2APIC mode core 0 has the derived logical address 1. */
Test(lapic_logical, a_new_mode_counts_for_a_message_on_its_way)
{
    struct code change = {.size = 0}, handler = {.size = 0};
    code_handler(&handler, NULL);
    code_write_msr(&change, MSR_APIC_BASE, BASE | APIC_BASE_EN | APIC_BASE_EXTD | APIC_BASE_BSP);
    explore_change(&change, &handler);
    cr_expect(ends_with(0) && ends_with(1));
}
