/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT and start-up messages (SDM vol. 3, 8.4, 10.4.7, 10.7), and what a software-disabled APIC accepts.
 * Core 0, the bootstrap processor, sends; core 1 receives. Each program is explored with each
 * reduction and with plain DFS, which must reach the same states.
 */
#include "lapic/init.h"
#include "lapic/timer.h"
#include "sim/message.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"
#include "vmx/vmx.h"

enum {
    R8 = 8, R9 = 9,
    INIT = 0x500, STARTUP = 0x600, SMI = 0x200,
    PAGE_A = 0x20, PAGE_B = 0x21, NO_CODE = 0x30, /* start-up vectors; code is at PAGE << 12 */
    FIFO = 1,
};

static struct code code[2], page[2], handler, nmi;
static struct program *p;
static struct lapic *l;
static unsigned devices;

/* Code at each page: adds 1 to variable 0 or 10 to variable 1, and halts. */
static void begin(void)
{
    for (unsigned i = 0; i < 2; i++) {
        code_begin(&code[i], 2);
        page[i].size = 0;
        code_add(&page[i], i, i ? 10 : 1);
    }
    handler.size = nmi.size = 0;
    devices = 0;
}

static void open_program(bool waits)
{
    code_end(&code[0]);
    code_end(&code[1]);
    code_handler(&handler, NULL);
    code_nmi_handler(&nmi, NULL);
    p = program_open(2, devices, MEMORY_TSO);
    l = interrupts_enable(p, &handler, &handler);
    interrupts_enable_nmi(p, &nmi);
    for (unsigned i = 0; i < 2; i++) {
        code_end(&page[i]);
        memcpy(p->m->memory.ram + ((PAGE_A + i) << 12), page[i].byte, page[i].size);
    }
    p->waiting = waits ? 1 << 1 : 0;
}

static void explore_order(bool waits, uint8_t order)
{
    open_program(waits);
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = order;
    program_start(p, code);
    states_of(p);
    cr_assert_eq(states.findings, 0);
    cr_assert_gt(states.count, 0);
}

static void send(unsigned message)
{
    code_send(&code[0], message, 1);
}

/* A message arrives at core 1. */
static void arrives(unsigned kind)
{
    message_send(p->m, 0, kind, 0, 1);
    for (unsigned slot = 0; slot < p->m->slots; slot++)
        if (p->m->state->queue[0].slot[slot].in_flight)
            message_arrive(p->m, 0, slot);
}

static void run_to_halt(void)
{
    p->m->core_ops->begin(p->m->cpu);
    while (agent_enabled(p->m, 1) || agent_enabled(p->m, agent_of_buffer(p->m, 1)))
        agent_step(p->m, agent_enabled(p->m, 1) ? 1 : agent_of_buffer(p->m, 1));
}

/* ---- Start ---- */

/* SDM vol. 3, 8.4.4.1: INIT, start-up, start-up. In the order in which they were sent (delays of
 * milliseconds between them see to that on hardware) the processor begins once. */
Test(lapic_init, an_application_processor_is_brought_up)
{
    begin();
    send(INIT);
    send(STARTUP | PAGE_A);
    send(STARTUP | PAGE_A);
    explore_order(true, FIFO);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(0, 1), 1);
}

/* Without an order an INIT may come last and stop what had begun, or come between and let it begin
 * twice. */
Test(lapic_init, messages_without_order_may_stop_it_again)
{
    begin();
    send(INIT);
    send(STARTUP | PAGE_A);
    send(STARTUP | PAGE_A);
    explore_order(true, 0);
    cr_expect_eq(states.count, 3);
    for (unsigned n = 0; n < 3; n++)
        cr_expect_eq(with_variable(0, n), 1, "%u times", n);
}

/* It runs at the page that the message names, and does not need an INIT while it waits from the beginning.
 * Of two the first wins (MP specification, B.4.2). */
Test(lapic_init, the_first_startup_wins)
{
    begin();
    send(STARTUP | PAGE_A);
    send(STARTUP | PAGE_B);
    explore_order(true, 0);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(0, 1), 1);
    cr_expect_eq(with_variable(1, 10), 1);
    explore_order(true, FIFO);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(0, 1), 1);
}

/* MP specification, B.4.2: a start-up message is not latched: one that comes to a running or halted core
 * is gone. */
Test(lapic_init, startup_of_a_running_core_is_dropped)
{
    begin();
    send(STARTUP | PAGE_A);
    code_store(&code[1], 1, 1);
    explore_order(false, 0);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(0, 0), 1);
    cr_expect_eq(with_variable(1, 1), 1);
    run_to_halt();
    arrives(APIC_STARTUP);
    cr_expect_not(lapic_startup_pending(l, 1));
}

/* While it waits nothing else counts: neither interrupts nor NMIs (SDM vol. 3, 25.2 says it of
 * guests), and another INIT changes nothing. */
Test(lapic_init, a_waiting_core_takes_nothing_else)
{
    begin();
    send(INIT);
    send(INIT);
    send(SEND_NMI);
    send(INTERRUPT_LOW);
    explore_order(true, 0);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 0), 1);
    begin();
    send(INIT);
    send(INIT);
    send(STARTUP | PAGE_A);
    explore_order(true, FIFO);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(0, 1), 1);
}

/* ---- Reset ---- */

/* INIT comes at any boundary, interrupts on or off. */
Test(lapic_init, init_stops_a_core_anywhere)
{
    begin();
    send(INIT);
    code_cli(&code[1]);
    code_store(&code[1], 0, 1);
    code_store(&code[1], 1, 1);
    code_load(&code[0], 8, 0);
    code_load(&code[0], 9, 1);
    explore_order(false, 0);
    cr_expect_eq(states_with_both(&states, 0, 0, 1, 0), 1);
    cr_expect_gt(states_with_both(&states, 0, 1, 1, 0), 0);
    cr_expect_gt(states_with_both(&states, 0, 1, 1, 1), 0);
    cr_expect_eq(states_with_both(&states, 0, 0, 1, 1), 0);
}

/* 10.4.7.3: mode and id stay, the other registers get their reset values; so do the core's. */
Test(lapic_init, init_resets_the_local_apic)
{
    begin();
    send(INIT);
    send(STARTUP | PAGE_B);
    code_mov(&code[1], 10, 7);
    page[1].size = 0;
    code_bytes(&page[1], "\x44\x01\x14\x25\x00\x80\x00\x80", 8); /* variable 0 += r10d */
    code_read_msr(&page[1], APIC_SVR);
    code_mov(&page[1], 1, APIC_ID);
    code_bytes(&page[1], "\x0f\x32\x41\x89\xc1", 5); /* rdmsr; mov r9d, eax */
    explore_order(false, FIFO);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with(1, R8, 0xff), 1, "1ffh before");
    cr_expect_eq(with(1, R9, 1), 1);
    cr_expect_eq(with_variable(0, 0), 1, "R10 is 0");
}

/* SDM vol. 3, table 6-2: INIT goes before an NMI that has come as well, which never runs then. */
Test(lapic_init, init_goes_before_an_nmi)
{
    begin();
    send(SEND_NMI);
    send(INIT);
    explore_order(false, 0);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(NMI_COUNTER, 0), 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 1), 1);
    run_to_halt();
    arrives(APIC_NMI);
    arrives(APIC_INIT);
    agent_step(p->m, 1);
    cr_expect_eq(p->cpu->core[1].state->activity, ACTIVITY_SIPI);
}

/* 10.4.7.3: the timer stops with the other registers; it may have expired before. */
Test(lapic_init, init_stops_the_timer)
{
    begin();
    code_write_msr(&code[1], APIC_LVT_TIMER, INTERRUPT_LOW);
    code_write_msr(&code[1], APIC_INITIAL_COUNT, 1000);
    send(INIT);
    devices = 1;
    open_program(false);
    lapic_add_timer(l, 1, 0, 1);
    program_start(p, code);
    run_to_halt();
    cr_assert(timer_is_running(l, 1));
    arrives(APIC_INIT);
    agent_step(p->m, 1);
    cr_expect_not(timer_is_running(l, 1));
}

/* SDM vol. 3, 23.8: VMX operation blocks INIT; it stays pending, and is taken when that has ended. */
Test(lapic_init, vmx_operation_blocks_init)
{
    begin();
    send(INIT);
    send(STARTUP | PAGE_A);
    code_store(&code[1], 1, 1);
    open_program(false);
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = FIFO;
    struct vmx *x = vmx_new(p->m, p->cpu, l);
    x->cores[1].on = 1;
    program_start(p, code);
    states_of(p);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_variable(0, 0), 1);
    cr_expect_eq(with_variable(1, 1), 1);
    run_to_halt();
    arrives(APIC_INIT);
    arrives(APIC_STARTUP);
    cr_expect(lapic_init_pending(l, 1));
    cr_expect_not(lapic_startup_pending(l, 1));
    cr_expect_not(agent_enabled(p->m, 1));
    x->cores[1].on = 0;
    cr_assert(agent_enabled(p->m, 1));
    agent_step(p->m, 1);
    cr_expect_eq(p->cpu->core[1].state->activity, ACTIVITY_SIPI);
}

/* ---- What a software-disabled APIC accepts (10.4.7.2) ---- */

static void to_disabled(unsigned message)
{
    begin();
    code_write_msr(&code[1], APIC_SVR, 0xff);
    code_store(&code[1], 1, 1);
    code_idle(&code[1]);
    code_wait_until_set(&code[0], 1);
    send(message);
    if (message == INIT)
        send(STARTUP | PAGE_A);
    explore_order(false, FIFO);
}

Test(lapic_init, L16_a_disabled_apic_drops_fixed)
{
    to_disabled(INTERRUPT_LOW);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), states.count);
}

Test(lapic_init, L16_a_disabled_apic_takes_nmis)
{
    to_disabled(SEND_NMI);
    cr_expect_eq(with_variable(NMI_COUNTER, 1), states.count);
}

Test(lapic_init, L16_a_disabled_apic_takes_init)
{
    to_disabled(INIT);
    cr_expect_eq(with_variable(0, 1), states.count);
}

/* ---- Limits, each with a sentence ---- */

static void expect_limit(unsigned message, unsigned target, const char *says)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    begin();
    code_send(&code[0], message, target);
    open_program(true);
    program_start(p, code);
    explore(p->m, &o, &r);
    cr_expect_eq(r.verdict, VERDICT_INCOMPLETE);
    cr_assert_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_LIMIT);
    cr_expect(strstr(r.finding[0].finding.message, says), "%s", r.finding[0].finding.message);
}

Test(lapic_init, init_of_the_bootstrap_processor_is_a_limit)
{
    expect_limit(INIT, 0, "bootstrap");
}

Test(lapic_init, startup_without_code_is_a_limit)
{
    expect_limit(STARTUP | NO_CODE, 1, "no code");
}

Test(lapic_init, an_smi_is_a_limit)
{
    expect_limit(SMI, 1, "SMI");
}
