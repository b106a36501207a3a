/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delivery status of the ICR in xAPIC mode (SDM vol. 3, 10.6.1, figure 10-12, bit 12): the knob delivery-status. Core
 * 0 sends to core 1. Each program is explored with each reduction and with plain DFS, which must reach the same
 * states.
 */
#include "lapic/icr.h"
#include "lapic/program.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum { R8 = 8, R9 = 9, ICR_LOW = 0xfee00300, ICR_HIGH = 0xfee00310, PENDING = 1 << 12, CORE_1 = 1 << 24 };

static struct code code[2];

static void begin(void)
{
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_write_register(&code[0], ICR_HIGH, CORE_1);
}

static void send(void)
{
    code_write_register(&code[0], ICR_LOW, INTERRUPT_LOW);
}

static void explore_all(unsigned status)
{
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_EXTD;
    p->m->knobs.value[KNOB_DELIVERY_STATUS] = (uint8_t)status;
    code_end(&code[0]);
    code_idle(&code[1]);
    program_start(p, code);
    states_of(p);
    cr_assert_eq(states.findings, 0);
}

Test(lapic_status, idle_at_once)
{
    begin();
    send();
    code_read_register(&code[0], ICR_LOW);
    explore_all(0);
    cr_expect_eq(with(0, R8, INTERRUPT_LOW), states.count);
}

/* Pending as long as the message is on its way, and idle behind that. */
Test(lapic_status, pending_until_it_arrives)
{
    begin();
    send();
    code_read_register(&code[0], ICR_LOW);
    explore_all(1);
    cr_expect_eq(with(0, R8, INTERRUPT_LOW | PENDING), 1);
    cr_expect_eq(with(0, R8, INTERRUPT_LOW), 1);
    cr_expect_eq(states.count, 2);
}

/* R9 is what the first look finds. 1: pause; mov r8d, [ICR]; bt r8d, 12; jc 1b. Behind the loop the message has
 * arrived, and another one can be found pending again. */
Test(lapic_status, a_loop_that_polls_ends)
{
    begin();
    send();
    code_read_register(&code[0], ICR_LOW);
    code_bytes(&code[0], "\x45\x89\xc1", 3); /* mov r9d, r8d */
    unsigned loop = code[0].size;
    code_bytes(&code[0], "\xf3\x90", 2);
    code_read_register(&code[0], ICR_LOW);
    code_bytes(&code[0], "\x41\x0f\xba\xe0\x0c", 5);
    code_jump_back(&code[0], 0x72, loop);
    send();
    code_read_register(&code[0], ICR_LOW);
    explore_all(1);
    for (unsigned i = 0; i < 4; i++)
        cr_expect_gt(with_both(INTERRUPT_LOW | (i & 1 ? PENDING : 0), INTERRUPT_LOW | (i & 2 ? PENDING : 0)), 0,
                     "%u", i);
}
