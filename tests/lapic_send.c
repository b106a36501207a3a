/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes to the ICR by instructions of a core, in both modes: what is sent, and the order of a send and the
 * stores before it (SDM vol. 3, 10.4.7.2, 10.5.3, 10.6.1, 10.12.3, 10.12.9).
 */
#include "tests/lapic_fixture.h"
#include "tests/support/agree.h"
#include "tests/support/snippets.h"

TestSuite(lapic_send, .init = set_up);

enum { NMI = 4 << 8, SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18, VECTOR = 0x41 };

/* Both cores in one mode and enabled; core 1 is ready when core 0 begins to send. */
static void both(bool x2apic)
{
    for (unsigned i = 0; i < 2; i++) {
        if (x2apic)
            to_x2apic(i);
        else
            to_xapic(i);
    }
    op(1, SIGNAL, 0, 1);
    op(0, AWAIT, 0, 1);
}

static void send(bool x2apic, uint32_t low, uint32_t to)
{
    if (x2apic) {
        wrmsr(0, 0x830, (uint64_t)to << 32 | low);
        return;
    }
    store(0, 0x310, to << 24);
    store(0, 0x300, low);
}

static unsigned pending_at(bool x2apic, uint32_t low, uint32_t to)
{
    set_up();
    both(x2apic);
    send(x2apic, low, to);
    execute();
    return (unsigned)lapic_irr(l, 0, VECTOR) | (unsigned)lapic_irr(l, 1, VECTOR) << 1;
}

/* SDM vol. 3, 10.6.1 */
Test(lapic_send, shorthands_need_no_destination)
{
    for (unsigned x2apic = 0; x2apic < 2; x2apic++) {
        cr_expect_eq(pending_at(x2apic, VECTOR, 1), 2);
        cr_expect_eq(pending_at(x2apic, VECTOR, 0), 1);
        cr_expect_eq(pending_at(x2apic, VECTOR | SELF, 1), 1);
        cr_expect_eq(pending_at(x2apic, VECTOR | ALL, 1), 3);
        cr_expect_eq(pending_at(x2apic, VECTOR | OTHERS, 0), 2);
    }
}

/* The high dword alone sends nothing, and stays for the next send. */
Test(lapic_send, the_low_dword_sends_in_xapic_mode)
{
    both(false);
    store(0, 0x310, 1u << 24);
    op(0, SIGNAL, 0, 2);
    op(0, AWAIT, 0, 3);
    store(0, 0x300, VECTOR);
    store(0, 0x300, VECTOR + 1);
    op(1, AWAIT, 0, 2);
    unsigned before = load(1, 0x220);
    op(1, SIGNAL, 0, 3);
    execute();
    cr_expect_eq(result(1, before), 0);
    cr_expect(lapic_irr(l, 1, VECTOR) && lapic_irr(l, 1, VECTOR + 1));
}

/* SDM vol. 3, 10.6.1: bit 12 is read only, reserved bits read as 0; figure 10-28 has no such bit. */
Test(lapic_send, icr_reads_back_without_delivery_status)
{
    both(false);
    store(0, 0x310, 0x01abcdef);
    store(0, 0x300, 0xfff3f041);
    unsigned low = load(0, 0x300), high = load(0, 0x310);
    to_x2apic(0);
    wrmsr(0, 0x830, 1ull << 32 | 0x1000 | (VECTOR + 1));
    unsigned x2apic = rdmsr(0, 0x830);
    execute();
    cr_expect_eq(result(0, low), 0xc041);
    cr_expect_eq(result(0, high), 0x01000000);
    cr_expect_eq(result(0, x2apic), 1ull << 32 | (VECTOR + 1));
    cr_expect(lapic_irr(l, 1, VECTOR + 1), "Intel ignores bit 12");
}

/* SDM vol. 3, 10.6.1: edge whatever bits 14 and 15 say, so TMR stays clear. */
Test(lapic_send, fixed_interrupts_are_sent_edge_triggered)
{
    cr_expect_eq(pending_at(true, VECTOR | 1 << 15 | 1 << 14, 1), 2);
    cr_expect_eq(bits256_highest(lapic_regs(l, 1)->tmr), 0);
}

/* SDM vol. 3, 10.5.3: ESR bit 5; nothing is sent. */
Test(lapic_send, an_illegal_vector_is_an_error_of_the_sender)
{
    for (unsigned x2apic = 0; x2apic < 2; x2apic++) {
        set_up();
        both(x2apic);
        send(x2apic, 0x0f, 1);
        unsigned esr;
        if (x2apic)
            wrmsr(0, 0x828, 0), esr = rdmsr(0, 0x828);
        else
            store(0, 0x280, 0), esr = load(0, 0x280);
        execute();
        cr_expect_eq(result(0, esr), 1 << 5);
        cr_expect_eq(lapic_regs(l, 1)->esr_shadow, 0);
    }
}

/* Table 10-3. */
Test(lapic_send, an_nmi_to_self_is_invalid)
{
    both(true);
    wrmsr(0, 0x830, NMI | SELF);
    must_find(FINDING_BUG, "NMI with this shorthand is invalid");
}

Test(lapic_send, an_smi_is_reported)
{
    both(true);
    wrmsr(0, 0x830, 1ull << 32 | 2 << 8);
    must_find(FINDING_LIMIT, "CPU1: an SMI arrives");
}

static void init_deassert(const char *knob)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    both(false);
    store(0, 0x310, 1u << 24);
    store(0, 0x300, 5 << 8 | 1 << 15);
    start();
    run();
}

/* SDM vol. 3, 10.6.1: processors that do not know it send an assertion. */
Test(lapic_send, init_level_deassert)
{
    init_deassert("init-deassert=ignored");
    cr_expect(strstr(said, "de-asserts INIT: ignored") && !strstr(said, "sends INIT"));
    init_deassert("init-deassert=init");
    cr_expect(strstr(said, "sends INIT to CPU1"));
}

/* ---- L16: an APIC that is disabled by software, SDM vol. 3, 10.4.7.2 ---- */

static void to_disabled(bool x2apic, uint32_t icr)
{
    set_up();
    both(x2apic);
    if (x2apic)
        wrmsr(1, 0x80f, 0xff);
    else
        store(1, 0x0f0, 0xff);
    op(1, SIGNAL, 0, 2);
    op(0, AWAIT, 0, 2);
    send(x2apic, icr, 1);
    start();
    run();
}

Test(lapic_send, L16_fixed_is_dropped_by_one_that_is_disabled)
{
    for (unsigned x2apic = 0; x2apic < 2; x2apic++) {
        to_disabled(x2apic, VECTOR);
        cr_expect_eq(bits256_highest(lapic_regs(l, 1)->irr), 0);
        cr_expect(strstr(said, "not accepted"));
    }
}

Test(lapic_send, L16_nmi_is_taken_by_one_that_is_disabled)
{
    for (unsigned x2apic = 0; x2apic < 2; x2apic++) {
        to_disabled(x2apic, NMI);
        cr_expect(TOOK(1, 2));
        cr_expect_eq(m->state->finding_count, 0);
    }
}

Test(lapic_send, L16_init_gets_to_one_that_is_disabled)
{
    to_disabled(true, 5 << 8);
    cr_expect(strstr(said, "INIT arrives at CPU1"));
    cr_expect_null(strstr(said, "not accepted"));
}

Test(lapic_send, L16_one_that_is_disabled_sends)
{
    to_x2apic(1);
    op(1, SIGNAL, 0, 1);
    op(0, AWAIT, 0, 1);
    store(0, 0x310, 1u << 24);
    store(0, 0x300, VECTOR);
    execute();
    cr_expect(lapic_irr(l, 1, VECTOR));
    cr_expect_eq(lapic_regs(l, 0)->svr, 0xff);
}

/* ---- L19: store, then send ---- */

enum { FLAG, R8 = 8, LIMIT = 40000 };
static struct state_set reached;

static void code_xapic_send(struct code *c, uint32_t low, uint32_t high)
{
    code_mov_long(c, 0, BASE + 0x310);
    code_bytes(c, "\xc7\x00", 2); /* mov dword [rax], high */
    code_bytes(c, &high, 4);
    code_bytes(c, "\xc7\x40\xf0", 3); /* mov dword [rax - 10h], low */
    code_bytes(c, &low, 4);
}

/* Core 1 stores a flag and sends; the handler at core 0 loads the flag into R8. */
static uint64_t consulted;
static uint8_t mfence_knob;

static bool reads_the_old_flag(bool x2apic, const char *fence)
{
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0}, handler = {.size = 0};
    char text[200];
    struct program *p = program_open(2, 0, MEMORY_TSO);
    code_load(&body, 8, FLAG);
    code_handler(&handler, &body);
    l = interrupts_enable(p, &handler, &handler);
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_idle(&code[0]);
    code_store(&code[1], FLAG, 1);
    code_bytes(&code[1], fence, (unsigned)strlen(fence));
    if (x2apic)
        code_send(&code[1], INTERRUPT_LOW, 0);
    else
        code_xapic_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    if (!x2apic)
        lapic_regs(l, 1)->base &= ~(uint64_t)APIC_BASE_EXTD;
    p->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] = mfence_knob;
    program_start(p, code);
    enum agreement a = agree_with_dfs(p, LIMIT, &reached, text, sizeof text);
    consulted = p->m->knobs.consulted;
    cr_assert_eq(a, AGREES, "%s", a == DIFFERS ? text : "too large");
    cr_assert_eq(states_with(&reached, INTERRUPT_COUNTER, 1), reached.count, "it always comes");
    return states_with(&reached, state_word(0, R8), 0);
}

#define MFENCE "\x0f\xae\xf0"
#define LFENCE "\x0f\xae\xe8"

/* SDM vol. 3, 10.12.3: WRMSR to an x2APIC register may come before stores that precede it. */
Test(lapic_send, L19_an_x2apic_send_overtakes_the_store_before_it)
{
    cr_expect(reads_the_old_flag(true, ""));
    cr_expect(reads_the_old_flag(true, LFENCE), "a load fence alone orders no store");
}

Test(lapic_send, L19_not_with_mfence_and_lfence)
{
    for (mfence_knob = 0; mfence_knob < 2; mfence_knob++) {
        cr_expect_not(reads_the_old_flag(true, MFENCE LFENCE));
        cr_expect_not(consulted >> KNOB_MFENCE_ORDERS_WRMSR & 1, "the question does not come up");
    }
}

/* SDM vol. 3, 10.12.3: the editions differ. */
Test(lapic_send, L19_mfence_alone_is_a_question)
{
    for (mfence_knob = 0; mfence_knob < 2; mfence_knob++) {
        cr_expect_eq(reads_the_old_flag(true, MFENCE), mfence_knob == 1);
        cr_expect(consulted >> KNOB_MFENCE_ORDERS_WRMSR & 1);
        cr_expect_not(reads_the_old_flag(true, LFENCE MFENCE LFENCE));
    }
}

/* Whatever the answer, loads and stores behind it wait. */
Test(lapic_send, mfence_orders_loads_in_any_case)
{
    for (uint8_t knob = 0; knob < 2; knob++) {
        struct code code[2] = {{.size = 0}, {.size = 0}};
        char text[200];
        for (unsigned i = 0; i < 2; i++) {
            code_begin(&code[i], 2);
            code_store(&code[i], i, 1);
            code_mfence(&code[i]);
            code_load(&code[i], 8, !i);
            code_end(&code[i]);
        }
        struct program *p = program_new(2, code, MEMORY_TSO);
        p->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] = knob;
        cr_assert_eq(agree_with_dfs(p, LIMIT, &reached, text, sizeof text), AGREES, "%s", text);
        cr_expect_eq(reached.count, 3);
        cr_expect_not(states_with_both(&reached, state_word(0, R8), 0, state_word(1, R8), 0));
        cr_expect_not(p->m->knobs.consulted >> KNOB_MFENCE_ORDERS_WRMSR & 1);
    }
}

/* SDM vol. 3, 10.12.3 and 8.2: the register is uncached memory. */
Test(lapic_send, L19_an_xapic_send_does_not)
{
    cr_expect_not(reads_the_old_flag(false, ""));
}
