/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Priorities, acceptance and errors of the local APIC by instructions of a core, in both modes: what comes,
 * in which order (SDM vol. 3, 10.5.3, 10.8, 10.9, 10.12.11).
 */
#include "tests/lapic_fixture.h"
#include "tests/support/agree.h"
#include "tests/support/snippets.h"

TestSuite(lapic_interrupts, .init = set_up);

/* In-service vectors by handlers that do not end: set before the start. */
static void in_service(unsigned vector)
{
    bits256_set(lapic_regs(l, 0)->isr, vector);
}

static uint64_t ppr(bool x2apic, uint32_t tpr, const char *knob)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    in_service(0x41);
    if (x2apic)
        to_x2apic(0);
    unsigned n = 0;
    if (x2apic)
        wrmsr(0, 0x808, tpr), n = rdmsr(0, 0x80a);
    else
        store(0, 0x080, tpr), n = load(0, 0x0a0);
    execute();
    return result(0, n);
}

/* SDM vol. 3, 10.8.3.1: the higher class of both; of equal ones the sub-class is model specific. */
Test(lapic_interrupts, L10_ppr_of_tpr_and_isr)
{
    for (unsigned x2apic = 0; x2apic < 2; x2apic++) {
        cr_expect_eq(ppr(x2apic, 0x50, "ppr-subclass=tpr"), 0x50);
        cr_expect_eq(ppr(x2apic, 0x30, "ppr-subclass=tpr"), 0x40);
        cr_expect_eq(ppr(x2apic, 0x4a, "ppr-subclass=tpr"), 0x4a);
        cr_expect_eq(ppr(x2apic, 0x4a, "ppr-subclass=zero"), 0x40);
    }
}

static bool comes_before_the_end_of(unsigned in, uint8_t vector)
{
    set_up();
    in_service(in);
    to_x2apic(0);
    wrmsr(0, 0x83f, vector);
    op(0, OPEN, 0, 0);
    execute();
    return took(0, 1, &vector);
}

/* SDM vol. 3, 10.8.3.1: the class must be higher; the sub-class does not help. */
Test(lapic_interrupts, L11_a_vector_of_the_same_class_waits)
{
    cr_expect_not(comes_before_the_end_of(0x5f, 0x51));
    cr_expect_not(comes_before_the_end_of(0x51, 0x5f));
    cr_expect(comes_before_the_end_of(0x5f, 0x60));
}

/* SDM vol. 3, 10.8.4: IRR and ISR hold one instance of a vector each. */
Test(lapic_interrupts, L12_three_in_service_are_one_more)
{
    in_service(0x41);
    to_x2apic(0);
    for (unsigned i = 0; i < 3; i++)
        wrmsr(0, 0x83f, 0x41);
    op(0, OPEN, 0, 0); /* it is in service */
    wrmsr(0, 0x80b, 0);
    op(0, OPEN, 0, 0);
    op(0, OPEN, 0, 0);
    execute();
    cr_expect(TOOK(0, 0x41));
}

/* SDM vol. 3, 10.5.3: a message with vector 0Fh, as a device may send it. */
static void illegal_vector(bool x2apic)
{
    if (x2apic)
        to_x2apic(0);
    else
        to_xapic(0);
    op(0, AWAIT, 0, 1);
    unsigned before = x2apic ? rdmsr(0, 0x828) : load(0, 0x280);
    if (x2apic)
        wrmsr(0, 0x828, 0);
    else
        store(0, 0x280, 0);
    unsigned after = x2apic ? rdmsr(0, 0x828) : load(0, 0x280);
    unsigned irr = x2apic ? rdmsr(0, 0x820) : load(0, 0x200);
    start();
    run();
    message_send(m, 1, APIC_FIXED, 0x0f, 0);
    run();
    memory_write(&m->memory, at(apic_test_sync) - WINDOW, 4, 1);
    run();
    cr_expect_eq(result(0, before), 0);
    cr_expect_eq(result(0, after), 1 << 6);
    cr_expect_eq(result(0, irr), 0);
}

Test(lapic_interrupts, L13_an_illegal_vector_is_received_in_xapic_mode)
{
    illegal_vector(false);
}

Test(lapic_interrupts, L13_an_illegal_vector_is_received_in_x2apic_mode)
{
    illegal_vector(true);
}

/* Interrupts are off, 41h is pending, TPR is raised: does the core see INTR when they go on? */
static void raise_tpr(const char *knob, int how)
{
    cr_assert(knob_set(&m->knobs, knob));
    if (how == 0)
        to_xapic(0);
    else
        to_x2apic(0);
    bits256_set(lapic_regs(l, 0)->irr, 0x41);
    if (how == 0)
        store(0, 0x080, 0x40);
    else if (how == 1)
        wrmsr(0, 0x808, 0x40);
    else
        op(0, WRITE_CR8, 0, 4);
    op(0, OPEN, 0, 0);
    op(0, OPEN, 0, 0);
    execute();
    cr_expect(m->knobs.consulted >> KNOB_SPURIOUS_INTERRUPT & 1);
    cr_expect_eq(bits256_highest(lapic_regs(l, 0)->isr), 0);
    cr_expect(bits256_test(lapic_regs(l, 0)->irr, 0x41));
}

/* SDM vol. 3, 10.9: the spurious vector, once; ISR is not set, and the interrupt stays pending. */
Test(lapic_interrupts, L14_spurious_when_tpr_is_raised_between_intr_and_acknowledge)
{
    for (int how = 0; how < 3; how++) {
        set_up();
        raise_tpr("spurious-interrupt=after-tpr-raise", how);
        cr_expect(TOOK(0, 0xff), "%d", how);
    }
}

Test(lapic_interrupts, L14_none_when_the_acknowledge_is_at_once)
{
    for (int how = 0; how < 3; how++) {
        set_up();
        raise_tpr("spurious-interrupt=never", how);
        cr_expect_eq(memory_read(&m->memory, LISTS + 0x1000, 4), 0, "%d", how);
    }
}

/* What is deliverable again when the core looks is what it gets, not the spurious vector. */
Test(lapic_interrupts, L14_no_spurious_vector_when_tpr_falls_again)
{
    cr_assert(knob_set(&m->knobs, "spurious-interrupt=after-tpr-raise"));
    to_x2apic(0);
    wrmsr(0, 0x83f, 0x41);
    wrmsr(0, 0x808, 0x40);
    wrmsr(0, 0x808, 0);
    op(0, OPEN, 0, 0);
    op(0, OPEN, 0, 0);
    execute();
    cr_expect(TOOK(0, 0x41));
}

/* SDM vol. 3, 10.12.11: the IRR bit is set when the WRMSR completes. */
Test(lapic_interrupts, L17_self_ipi_is_pending_at_once)
{
    messages_late = true;
    to_x2apic(0);
    wrmsr(0, 0x83f, 0x41);
    unsigned irr = rdmsr(0, 0x822);
    wrmsr(0, 0x83f, 0x41); /* merges */
    op(0, OPEN, 0, 0);
    op(0, OPEN, 0, 0);
    execute();
    cr_expect_eq(result(0, irr), 1 << 1);
    cr_expect(TOOK(0, 0x41));
}

/* SDM vol. 3, 10.5.3 names the self-IPI register among the causes of bits 5 and 6. */
static uint64_t errors_of_self_ipi(const char *knob, uint32_t msr, uint64_t value)
{
    set_up();
    cr_assert(knob_set(&m->knobs, knob));
    to_x2apic(0);
    wrmsr(0, msr, value);
    unsigned irr = rdmsr(0, 0x820);
    wrmsr(0, 0x828, 0);
    unsigned esr = rdmsr(0, 0x828);
    execute();
    cr_expect_eq(result(0, irr), 0);
    return result(0, esr);
}

/* 10.12.11: the semantics are identical to those of the shorthand (ICR[19:18] = 01b). */
Test(lapic_interrupts, L17_self_ipi_of_an_illegal_vector_is_an_error)
{
    const char *both = "self-ipi-illegal-vector=both", *send = "self-ipi-illegal-vector=send";
    cr_expect_eq(errors_of_self_ipi(both, 0x83f, 0x0f), 1 << 5 | 1 << 6);
    cr_expect_eq(errors_of_self_ipi(both, 0x830, 1 << 18 | 0x0f), 1 << 5 | 1 << 6);
    cr_expect_eq(errors_of_self_ipi(send, 0x83f, 0x0f), 1 << 5);
    cr_expect_eq(errors_of_self_ipi(send, 0x830, 1 << 18 | 0x0f), 1 << 5);
}

/* SDM vol. 3, 10.8.5: EOI of xAPIC mode takes any value; of x2APIC mode only 0 (row L4). */
Test(lapic_interrupts, eoi_of_any_value_in_xapic_mode)
{
    in_service(0x41);
    in_service(0x61);
    store(0, 0x0b0, 0x12345678);
    unsigned low = load(0, 0x120), high = load(0, 0x130), eoi = load(0, 0x0b0);
    execute();
    cr_expect_eq(result(0, low), 1 << 1);
    cr_expect_eq(result(0, high), 0);
    cr_expect_eq(result(0, eoi), 0);
}

/* ---- CR8 under fire: the boundary before a read ---- */

static struct state_set reached;

/* The handler leaves CR8 = 5. Core 1 has seen the store that precedes the read, and sends only then: the
 * interrupt may still come before the read. */
Test(lapic_interrupts, an_interrupt_may_come_before_a_read_of_cr8)
{
    enum { X, R8 = 8, R9 = 9 };
    struct code code[2] = {{.size = 0}, {.size = 0}}, body = {.size = 0}, handler = {.size = 0};
    char text[200];
    code_bytes(&body, "\xb8\x05\x00\x00\x00\x44\x0f\x22\xc0", 9); /* mov eax, 5; mov cr8, rax */
    code_handler(&handler, &body);
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_sti(&code[0]);
    code_store(&code[0], X, 1);
    code_bytes(&code[0], "\x45\x0f\x20\xc0", 4); /* mov r8, cr8 */
    code_cli(&code[0]);
    code_end(&code[0]);
    code_load(&code[1], 9, X);
    code_send(&code[1], INTERRUPT_LOW, 0);
    code_end(&code[1]);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    cr_assert_eq(agree_with_dfs(p, 100000, &reached, text, sizeof text), AGREES, "%s", text);
    cr_expect(states_with_both(&reached, state_word(0, R8), 5, state_word(1, R9), 1));
    cr_expect(states_with_both(&reached, state_word(0, R8), 0, state_word(1, R9), 1));
    cr_expect_eq(reached.findings, 0);
}
