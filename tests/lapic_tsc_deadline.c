/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's timer in TSC-deadline mode (SDM vol. 3, 10.5.4.1). */
#include "tests/timer_fixture.h"

/* 10.5.4.1: a deadline that is over raises at once and leaves 0 in the MSR; the next write arms anew. */
Test(lapic_tsc_deadline, L18_a_deadline_in_the_past_fires_at_once)
{
    begin(DEADLINE);
    code_write_msr(&code[0], DEADLINE_MSR, 1);
    read_to_r9(IRR_WORD);
    window();
    code_write_msr(&code[0], DEADLINE_MSR, 2);
    code_read_msr(&code[0], DEADLINE_MSR);
    explore_to_idle();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0, PENDING), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 2), 1);
}

/* The MSR holds the deadline until it has passed, and the TSC agrees with that: of the four ways in which
 * the two could read, "it is over, and still armed" does not exist. */
Test(lapic_tsc_deadline, L18_the_tsc_agrees_with_the_deadline)
{
    enum { FUTURE = 0x100000 };
    unsigned seen[2][2] = {{0}};
    begin(DEADLINE);
    code_write_msr(&code[0], DEADLINE_MSR, FUTURE);
    code_bytes(&code[0], "\x0f\x31\x41\x89\xc1", 5); /* rdtsc; mov r9d, eax */
    code_read_msr(&code[0], DEADLINE_MSR);
    explore_to_idle();
    for (unsigned i = 0; i < states.count; i++) {
        cr_expect(r8(i) == 0 || r8(i) == FUTURE);
        cr_expect_eq(taken(i), 1);
        seen[r9(i) >= FUTURE][r8(i) == FUTURE]++;
    }
    cr_expect_gt(seen[0][1], 0);
    cr_expect_gt(seen[0][0], 0);
    cr_expect_gt(seen[1][0], 0);
    cr_expect_eq(seen[1][1], 0);
}

/* A loop that waits for the deadline ends, and then the interrupt is pending. */
Test(lapic_tsc_deadline, a_loop_that_polls_the_tsc_ends)
{
    begin(DEADLINE);
    code_write_msr(&code[0], DEADLINE_MSR, 60);
    unsigned loop = code[0].size;
    code_bytes(&code[0], "\x0f\x31\x83\xf8\x3c", 5); /* rdtsc; cmp eax, 60 */
    code_jump_back(&code[0], 0x72, loop);            /* jb */
    read_to_r9(IRR_WORD);
    explore_to_idle();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with(0, R9, PENDING), 1);
}

Test(lapic_tsc_deadline, a_deadline_of_0_disarms)
{
    begin(DEADLINE);
    code_write_msr(&code[0], DEADLINE_MSR, 0x100000);
    code_write_msr(&code[0], DEADLINE_MSR, 0);
    code_read_msr(&code[0], DEADLINE_MSR);
    explore_to_idle();
    cr_expect_eq(states.count, 2, "it was over before, or never");
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
    cr_expect_eq(with(0, R8, 0), 2);
}

/* 10.5.4.1: in this mode the initial count is ignored and the current count reads 0. */
Test(lapic_tsc_deadline, in_deadline_mode_the_counts_do_nothing)
{
    begin(DEADLINE);
    start(COUNT);
    code_read_msr(&code[0], CURRENT);
    read_to_r9(INITIAL);
    explore_to_idle();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), 1);
}

/* ... and in the others the MSR reads 0 and ignores what is written. */
Test(lapic_tsc_deadline, in_other_modes_the_deadline_does_nothing)
{
    begin(0);
    code_write_msr(&code[0], DEADLINE_MSR, 1);
    code_read_msr(&code[0], DEADLINE_MSR);
    read_to_r9(IRR_WORD);
    explore_to_idle();
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0, 0), 1);
}

/* 10.12.3: WRMSR to IA32_TSC_DEADLINE waits for no store. Store buffering across it: both read 0. */
static unsigned both_read_0(bool fence)
{
    begin(DEADLINE);
    code_store(&code[0], 0, 1);
    code_write_msr(&code[0], DEADLINE_MSR, 0);
    if (fence)
        code_mfence(&code[0]);
    code_load(&code[0], 8, 1);
    code_store(&code[1], 1, 1);
    code_mfence(&code[1]);
    code_load(&code[1], 9, 0);
    explore_to_idle();
    return states_with_both(&states, state_word(0, R8), 0, state_word(1, R9), 0);
}

Test(lapic_tsc_deadline, a_write_of_the_deadline_does_not_drain)
{
    cr_expect_eq(both_read_0(false), 1);
    cr_expect_eq(both_read_0(true), 0);
}
