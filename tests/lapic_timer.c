/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's timer in one-shot and periodic mode, and changes of mode (SDM vol. 3, 10.5.4). */
#include "tests/timer_fixture.h"

/* ---- One-shot ---- */

/* 10.5.4: one interrupt when the count comes to 0, where it stays; before that it is not 0. R9 is
 * whether the interrupt was pending already when the count was looked at behind it. */
Test(lapic_timer, one_shot_expires_once_and_stays_at_0)
{
    unsigned early = 0, late = 0;
    begin(0);
    start(COUNT);
    read_to_r9(IRR_WORD);
    code_read_msr(&code[0], CURRENT);
    explore_to_idle();
    for (unsigned i = 0; i < states.count; i++) {
        cr_expect_eq(taken(i), 1);
        cr_expect(r8(i) < COUNT);
        cr_expect_not(r9(i) && r8(i), "it has expired, and its count is %u", r8(i));
        early += !r8(i);
        late += r8(i) != 0;
    }
    cr_expect_eq(late, 1);
    cr_expect_eq(early, 2, "before IRR was read, or behind that");
}

/* 10.5.4: writing the initial count starts anew; writing 0 stops. The old count may have come to 0 before
 * that: then there is one interrupt more. */
Test(lapic_timer, a_write_of_the_initial_count_restarts)
{
    begin(0);
    start(COUNT);
    window();
    start(COUNT);
    explore_to_idle();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), 1);
}

Test(lapic_timer, a_count_of_0_stops)
{
    begin(0);
    start(COUNT);
    start(0);
    code_read_msr(&code[0], CURRENT);
    explore_to_idle();
    cr_expect_eq(states.count, 2, "it has expired before, or never");
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
    cr_expect_eq(with(0, R8, 0), states.count);
}

/* 10.5.4, figure 10-10. The count is looked at 257 instructions behind its start: a clock of the core counts
 * those. */
Test(lapic_timer, the_divide_register)
{
    static const struct { uint32_t value, divisor; } list[] = {
        {0x0, 2}, {0x1, 4}, {0x2, 8}, {0x3, 16}, {0x8, 32}, {0x9, 64}, {0xa, 128}, {0xb, 1},
    };
    for (unsigned k = 0; k < sizeof list / sizeof *list; k++) {
        begin(0);
        code_write_msr(&code[0], APIC_DIVIDE, list[k].value);
        start(COUNT);
        for (unsigned i = 0; i < 255; i++)
            code_bytes(&code[0], "\x90", 1);
        code_read_msr(&code[0], CURRENT);
        explore_to_idle();
        cr_expect_eq(with(0, R8, COUNT - 257 / list[k].divisor), 1, "divide register %#x",
                     list[k].value);
    }
}

/* A loop that waits for 0 comes to its end, and then the interrupt is pending. */
Test(lapic_timer, a_loop_that_polls_the_count_ends, .timeout = 30)
{
    begin(0);
    start(10);
    unsigned loop = code[0].size;
    code_read_msr(&code[0], CURRENT);
    code_bytes(&code[0], "\x45\x85\xc0", 3); /* test r8d, r8d */
    code_jump_back(&code[0], 0x75, loop);
    read_to_r9(IRR_WORD);
    explore_to_idle();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0, PENDING), 1);
}

/* ---- Periodic ---- */

/* 10.5.4: at 0 it begins anew from the initial count: as often as the machine says, and it is never seen at
 * 0. */
Test(lapic_timer, periodic_reloads)
{
    begin(PERIODIC);
    start(COUNT);
    window();
    code_read_msr(&code[0], CURRENT);
    explore_to_idle();
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2) + with_variable(INTERRUPT_COUNTER, 1),
                 states.count);
    cr_expect_gt(with_variable(INTERRUPT_COUNTER, 2), 0);
    cr_expect_gt(with_variable(INTERRUPT_COUNTER, 1), 0, "two merge in IRR");
    cr_expect_eq(with(0, R8, 0), 0);
    cr_expect_gt(with(0, R8, COUNT), 0, "just reloaded");
    cr_expect_lt(with(0, R8, COUNT), states.count);
}

Test(lapic_timer, periodic_is_stopped_by_0)
{
    begin(PERIODIC);
    start(COUNT);
    window();
    start(0);
    explore_to_idle();
    cr_expect_eq(states.count, 3, "0, 1 or 2 times");
}

/* ---- Masking ---- */

/* 10.5.1: with the mask nothing is raised; the count goes on. Unmasked too late, there is no interrupt. */
Test(lapic_timer, masking_does_not_stop_the_count)
{
    begin(MASKED);
    start(COUNT);
    code_read_msr(&code[0], CURRENT);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW);
    explore_to_idle();
    cr_expect_eq(states.count, 3);
    for (unsigned i = 0; i < states.count; i++)
        cr_expect_not(!r8(i) && taken(i), "expired while masked, and raised");
    cr_expect_eq(with(0, R8, 0), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 1);
}

/* 10.4.7.2: software disable masks all entries; the race with the expiry is one. */
Test(lapic_timer, software_disable_masks_it)
{
    begin(0);
    start(COUNT);
    code_write_msr(&code[0], APIC_SVR, 0xff);
    read_to_r9(IRR_WORD);
    explore_to_idle();
    cr_expect_eq(states.count, 2, "raised before, or not at all");
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
}

/* ---- Changes of mode ---- */

/* One-shot to periodic: the count goes on (kvm-unit-tests, apic.c, test_apic_change_mode), and reloads
 * at 0. With one tick there is one interrupt, whichever mode it comes in. */
Test(lapic_timer, between_one_shot_and_periodic_the_count_goes_on)
{
    begin(0);
    ticks = 1;
    start(COUNT);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW | PERIODIC);
    code_read_msr(&code[0], CURRENT);
    explore_to_idle();
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 1), 3);
    cr_expect_eq(with(0, R8, 0), 1, "over before the change: it stays at 0");
    cr_expect_eq(with(0, R8, COUNT), 1, "reloaded");
}

/* To TSC-deadline mode and back: disarmed either way. */
Test(lapic_timer, a_change_to_deadline_mode_disarms)
{
    begin(0);
    start(COUNT);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW | DEADLINE);
    read_to_r9(DEADLINE_MSR);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW);
    code_read_msr(&code[0], CURRENT);
    explore_to_idle();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_both(0, 0), 2);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
}

Test(lapic_timer, a_change_from_deadline_mode_disarms)
{
    begin(DEADLINE);
    code_write_msr(&code[0], DEADLINE_MSR, 0x100000);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW);
    code_read_msr(&code[0], CURRENT);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW | DEADLINE);
    read_to_r9(DEADLINE_MSR);
    explore_to_idle();
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with_both(0, 0), 2);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
}

/* ---- Others ---- */

/* A tick between two stores of another core, and behind either. */
Test(lapic_timer, races_with_another_core)
{
    struct code handler = {.size = 0}, body = {.size = 0};
    begin(0);
    start(COUNT);
    code_idle(&code[0]);
    code_store(&code[1], 0, 1);
    code_store(&code[1], 1, 1);
    code_end(&code[1]);
    code_load(&body, 9, 1);
    code_load(&body, 8, 0);
    code_handler(&handler, &body);
    struct program *p = program_open(2, 1, MEMORY_TSO);
    lapic_add_timer(interrupts_enable(p, &handler, &handler), 0, 0, 1);
    program_start(p, code);
    states_of(p);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(0, 1), 0);
}

/* Whoever starts a timer that no agent stands for is told so, not left waiting. */
Test(lapic_timer, a_machine_without_it_says_so)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    struct code handler = {.size = 0};
    begin(0);
    start(COUNT);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 0, MEMORY_TSO);
    interrupts_enable(p, &handler, &handler);
    program_start(p, code);
    explore(p->m, &o, &r);
    cr_expect_eq(r.verdict, VERDICT_INCOMPLETE);
    cr_expect_eq(r.finding_count, 1);
    cr_expect_eq(r.finding[0].finding.kind, FINDING_LIMIT);
}
