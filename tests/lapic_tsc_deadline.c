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

/* In xAPIC mode the entry is written in memory: software has to put an MFENCE before the WRMSR. */
static unsigned found_in_xapic_mode(bool fence, bool fence_orders_wrmsr)
{
    struct explore_options o = {.raw = true};
    struct explore_result r;
    struct code nothing = {.size = 0};
    begin(0);
    code[0].size = 0;
    code_write_register(&code[0], 0xfee00320, INTERRUPT_LOW | DEADLINE | MASKED);
    if (fence)
        code_mfence(&code[0]);
    code_write_msr(&code[0], DEADLINE_MSR, 0x100000);
    for (unsigned i = 0; i < 2; i++)
        code_end(&code[i]);
    struct program *p = program_open(2, 1, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &nothing, &nothing);
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_EXTD;
    lapic_add_timer(l, 0, 0, 1);
    p->m->knobs.value[KNOB_MFENCE_ORDERS_WRMSR] = !fence_orders_wrmsr;
    program_start(p, code);
    explore(p->m, &o, &r);
    return r.finding_count ? r.finding[0].finding.kind : FINDING_NONE;
}

Test(lapic_tsc_deadline, xapic_mode_needs_a_fence)
{
    cr_expect_eq(found_in_xapic_mode(false, true), FINDING_BUG);
    cr_expect_eq(found_in_xapic_mode(true, true), FINDING_NONE);
    /* The knob speaks of WRMSR to x2APIC registers: it takes nothing from this fence, which 10.5.4.1 names. */
    cr_expect_eq(found_in_xapic_mode(false, false), FINDING_BUG);
    cr_expect_eq(found_in_xapic_mode(true, false), FINDING_NONE);
}

/* 10.5.4.1: CPUID.1:ECX[24] says that the mode exists. */
Test(lapic_tsc_deadline, cpuid_offers_it)
{
    begin(MASKED);
    code_mov(&code[0], 0, 1);
    code_bytes(&code[0], "\x0f\xa2\x41\x89\xc8", 5);         /* cpuid; mov r8d, ecx */
    code_bytes(&code[0], "\x41\x81\xe0\x00\x00\x00\x01", 7); /* and r8d, 1 << 24 */
    explore_to_idle();
    cr_expect_eq(with(0, R8, 1 << 24), states.count);
}
