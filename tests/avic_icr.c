/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * T2.2 and T2.3: a guest writes the ICR (APM vol. 2, 15.29.5, 15.29.6.1, 15.29.9.1). gAPIC 0 is the sender, 1 runs on core 1,
 * 2 runs nowhere. I2 and I3 are invariants of docs/model/avic.md.
 */
#include "tests/avic_fixture.h"

TestSuite(avic_icr, .init = set_up_avic);

enum { VECTOR = 0x41, SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18, LOGICAL = 1 << 11, LEVEL = 1 << 15,
       LOWEST = 1 << 8, NMI = 4 << 8, INIT = 5 << 8, SIPI = 6 << 8 };

static void nothing_sent(void)
{
    for (unsigned i = 0; i < 4; i++)
        cr_expect(no_irr(PAGE_0 + 0x1000 * i), "page %u", i);
    cr_expect_eq(sent(), 0);
}

/* ---- T2.2: targets ---- */

Test(avic_icr, T2_2_physical_to_one_that_runs)
{
    sends(VECTOR, 1 << 24);
    completes();
    cr_expect(irr(PAGE_1, VECTOR));
    cr_expect(rung(1));
    cr_expect_eq(sent(), 1);
    cr_expect(no_irr(PAGE_0) && no_irr(PAGE_2));
    cr_expect(before("IRR bit 0x41 = 1", "rings the doorbell of CPU1"));
}

/* I2: IRR is set all the same. */
Test(avic_icr, I2_not_running_is_exit_id_1_with_irr_set)
{
    sends(VECTOR, 2 << 24);
    incomplete(IPI_TARGET_NOT_RUNNING, 2, VECTOR, 2 << 24);
    cr_expect_eq(GET(save.rip), own(avic_test_write_behind), "trap-like");
    cr_expect(irr(PAGE_2, VECTOR));
    cr_expect_eq(sent(), 0);
}

Test(avic_icr, T2_2_last_index_is_sent)
{
    runs(LAST, PAGE_3, 1);
    sends(VECTOR, LAST << 24);
    completes();
    cr_expect(irr(PAGE_3, VECTOR));
}

/* I3: beyond the last entry nothing is sent, whatever lies there. */
Test(avic_icr, I3_beyond_the_last_index)
{
    runs(LAST + 1, PAGE_3, 1);
    sends(VECTOR, (LAST + 1) << 24);
    incomplete(IPI_INVALID_TARGET, LAST + 1, VECTOR, (LAST + 1) << 24);
    nothing_sent();
}

Test(avic_icr, I3_invalid_entry)
{
    pit(1, PAGE_1 | PIT_IS_RUNNING | 1);
    sends(VECTOR, 1 << 24);
    incomplete(IPI_INVALID_TARGET, 1, VECTOR, 1 << 24);
    nothing_sent();
}

/* A backing page beyond the physical addresses: 48 bits here. */
Test(avic_icr, I3_illegal_backing_page)
{
    pit(1, PIT_VALID | PIT_IS_RUNNING | 1ull << 48 | PAGE_1 | 1);
    sends(VECTOR, 1 << 24);
    incomplete(IPI_INVALID_BACKING_PAGE, 1, VECTOR, 1 << 24);
    nothing_sent();
}

/* The doorbell goes to the host id of the entry, of 12 bits, whoever has it. */
Test(avic_icr, T2_2_a_host_id_that_nobody_has)
{
    pit(1, PIT_VALID | PIT_IS_RUNNING | PAGE_1 | 0xffd);
    sends(VECTOR, 1 << 24);
    completes();
    cr_expect(irr(PAGE_1, VECTOR));
    cr_expect_eq(sent(), 0);
    cr_expect(strstr(trace, "0xffd"), "%s", trace);
}

Test(avic_icr, T2_2_to_itself_by_id_is_a_doorbell_of_its_own)
{
    sends(VECTOR, 0);
    completes();
    cr_expect(irr(PAGE_0, VECTOR));
    cr_expect(rung(0));
}

/* Shorthand self reads no table, so that it cannot exit for one (3.1, immune to #1235). */
Test(avic_icr, T2_2_self_reads_no_table)
{
    pit(0, 0);
    sends(SELF | VECTOR, 0x07000000);
    completes();
    cr_expect(irr(PAGE_0, VECTOR));
    cr_expect_eq(sent(), 0);
    cr_expect_not(strstr(trace, "table"), "%s", trace);
}

/* ---- Logical destinations ---- */

Test(avic_icr, T2_2_flat)
{
    runs(2, PAGE_2, 1);
    sends(LOGICAL | VECTOR, 6u << 24);
    completes();
    cr_expect(irr(PAGE_1, VECTOR) && irr(PAGE_2, VECTOR));
    cr_expect(no_irr(PAGE_0));
    cr_expect_eq(sent(), 2);
}

/* I3: a superset of the vCPUs: the third bit is nobody's, so that nobody gets it. The index is that of the LIT. */
Test(avic_icr, I3_flat_with_a_bit_that_is_nobodys)
{
    sends(LOGICAL | VECTOR, 0x0eu << 24);
    incomplete(IPI_INVALID_TARGET, 3, LOGICAL | VECTOR, 0x0eu << 24);
    nothing_sent();
}

/* The manual does not say that nothing is: those before it may have theirs. */
Test(avic_icr, I3_flat_with_a_bit_that_is_nobodys_after_others)
{
    m->knobs.value[KNOB_AVIC_LOGICAL_BAD_TARGET] = 1;
    sends(LOGICAL | VECTOR, 0x0eu << 24);
    incomplete(IPI_INVALID_TARGET, 3, LOGICAL | VECTOR, 0x0eu << 24);
    cr_expect(irr(PAGE_1, VECTOR));
    cr_expect(irr(PAGE_2, VECTOR));
    cr_expect(rung(1));
}

Test(avic_icr, I3_flat_with_an_id_beyond_the_last)
{
    lit(1, LIT_VALID | (LAST + 1));
    sends(LOGICAL | VECTOR, 3u << 24);
    incomplete(IPI_INVALID_TARGET, 1, LOGICAL | VECTOR, 3u << 24);
    nothing_sent();
}

Test(avic_icr, I3_flat_to_an_invalid_entry_of_the_pit)
{
    lit(1, LIT_VALID | 3);
    sends(LOGICAL | VECTOR, 3u << 24);
    incomplete(IPI_INVALID_TARGET, 1, LOGICAL | VECTOR, 3u << 24);
    nothing_sent();
}

/* Cluster model: entry 4 * cluster + bit. Cluster 1, bits 0 and 2. */
Test(avic_icr, T2_2_cluster)
{
    put_reg(PAGE_0, VAPIC_DFR, 0x0fffffff);
    lit(0, 0);
    lit(1, 0);
    lit(4, LIT_VALID | 1);
    lit(6, LIT_VALID | 2);
    sends(LOGICAL | VECTOR, 0x15u << 24);
    incomplete(IPI_TARGET_NOT_RUNNING, 6, LOGICAL | VECTOR, 0x15u << 24);
    cr_expect(irr(PAGE_1, VECTOR) && irr(PAGE_2, VECTOR));
    cr_expect(rung(1));
}

Test(avic_icr, T2_2_no_bit_is_nobody)
{
    sends(LOGICAL | VECTOR, 0);
    completes();
    nothing_sent();
}

/* ---- Broadcasts ---- */

/* Holes in the table are passed over: no exit as long as all others run. */
static void to_all_with_holes(uint32_t icr, uint32_t high, bool sender)
{
    pit(2, 0);
    runs(5, PAGE_2, 1);
    sends(icr, high);
    completes();
    cr_expect(irr(PAGE_1, VECTOR) && irr(PAGE_2, VECTOR));
    cr_expect_eq(irr(PAGE_0, VECTOR), sender);
    cr_expect_eq(sent(), sender ? 3 : 2);
}

Test(avic_icr, T2_2_all)
{
    to_all_with_holes(ALL | VECTOR, 0, true);
}

Test(avic_icr, T2_2_physical_ffh_is_all)
{
    to_all_with_holes(VECTOR, 0xffu << 24, true);
}

/* U4: step 2 of 15.29.6.1 asks for FFh before logical destinations are looked up ... */
Test(avic_icr, T2_2_logical_ffh_is_all)
{
    to_all_with_holes(LOGICAL | VECTOR, 0xffu << 24, true);
}

/* ... or it is one like others: bit 3 has no entry. */
Test(avic_icr, T2_2_or_logical_ffh_is_looked_up)
{
    m->knobs.value[KNOB_AVIC_LOGICAL_FFH] = 1;
    sends(LOGICAL | VECTOR, 0xffu << 24);
    incomplete(IPI_INVALID_TARGET, 3, LOGICAL | VECTOR, 0xffu << 24);
    nothing_sent();
}

Test(avic_icr, T2_2_all_but_self)
{
    to_all_with_holes(OTHERS | VECTOR, 0, false);
}

/* U4: the sender is the one with its id, or with its page. */
Test(avic_icr, T2_2_all_but_self_by_id)
{
    put_reg(PAGE_0, VAPIC_ID, 1 << 24);
    pit(2, 0);
    sends(OTHERS | VECTOR, 0);
    completes();
    cr_expect(irr(PAGE_0, VECTOR));
    cr_expect(no_irr(PAGE_1));
}

Test(avic_icr, T2_2_all_but_self_by_page)
{
    m->knobs.value[KNOB_AVIC_OTHERS] = 1;
    put_reg(PAGE_0, VAPIC_ID, 1 << 24);
    pit(2, 0);
    sends(OTHERS | VECTOR, 0);
    completes();
    cr_expect(no_irr(PAGE_0));
    cr_expect(irr(PAGE_1, VECTOR));
}

/* I2: one of n does not run: all n have IRR set, n - 1 doorbells, id 1. */
Test(avic_icr, I2_one_of_all_does_not_run)
{
    sends(ALL | VECTOR, 0);
    incomplete(IPI_TARGET_NOT_RUNNING, 2, ALL | VECTOR, 0);
    cr_expect(irr(PAGE_0, VECTOR) && irr(PAGE_1, VECTOR) && irr(PAGE_2, VECTOR));
    cr_expect_eq(sent(), 2);
    cr_expect(rung(0) && rung(1));
}

/* U5: which index, and U3: in which order. */
static void index_of_two_that_do_not_run(unsigned last, unsigned descending, unsigned index)
{
    m->knobs.value[KNOB_AVIC_NOT_RUNNING_INDEX] = last;
    m->knobs.value[KNOB_AVIC_TARGET_ORDER] = descending;
    runs(1, PAGE_1, -1);
    sends(OTHERS | VECTOR, 0);
    incomplete(IPI_TARGET_NOT_RUNNING, index, OTHERS | VECTOR, 0);
    cr_expect(irr(PAGE_1, VECTOR) && irr(PAGE_2, VECTOR));
}

Test(avic_icr, T2_2_the_first_index)
{
    index_of_two_that_do_not_run(0, 0, 1);
}

Test(avic_icr, T2_2_the_last_index)
{
    index_of_two_that_do_not_run(1, 0, 2);
}

Test(avic_icr, T2_2_the_first_of_descending)
{
    index_of_two_that_do_not_run(0, 1, 2);
}

/* U4: an illegal backing page in the way of a broadcast. */
static void bad_page_in_a_broadcast(unsigned knob, bool first_served)
{
    m->knobs.value[KNOB_AVIC_BROADCAST_BAD_PAGE] = knob;
    pit(2, PIT_VALID | PIT_IS_RUNNING | 1ull << 48 | 1);
    sends(ALL | VECTOR, 0);
    incomplete(IPI_INVALID_BACKING_PAGE, 2, ALL | VECTOR, 0);
    cr_expect_eq(irr(PAGE_1, VECTOR), first_served);
    cr_expect_eq(sent(), first_served ? 2 : 0);
}

Test(avic_icr, T2_2_bad_page_in_a_broadcast_sends_nothing)
{
    bad_page_in_a_broadcast(0, false);
}

Test(avic_icr, T2_2_bad_page_in_a_broadcast_after_others)
{
    bad_page_in_a_broadcast(1, true);
}

/* Entry 255 is FFh's place, and no vCPU's: not looked at. */
Test(avic_icr, T2_2_xavic_has_no_entry_255)
{
    PUT(control.avic_physical_table, PIT | 0xff);
    pit(2, 0);
    pit(0xff, PIT_VALID | PAGE_3);
    sends(ALL | VECTOR, 0);
    completes();
    cr_expect(no_irr(PAGE_3));
}

/* ---- x2AVIC ---- */

Test(avic_icr, T2_2_x2avic_physical)
{
    x2();
    writes_msr(0x830, 1ull << 32 | VECTOR);
    completes();
    cr_expect(irr(PAGE_1, VECTOR));
    cr_expect(rung(1));
    cr_expect_eq(reg(PAGE_0, VAPIC_VICR_LO), VECTOR);
    cr_expect_eq(reg(PAGE_0, VAPIC_VICR_HI), 1);
}

Test(avic_icr, I2_x2avic_not_running)
{
    x2();
    writes_msr(0x830, 2ull << 32 | VECTOR);
    incomplete(IPI_TARGET_NOT_RUNNING, 2, VECTOR, 2);
    cr_expect_eq(GET(save.rip), own(avic_test_wrmsr_behind));
    cr_expect(irr(PAGE_2, VECTOR));
}

/* An id of 32 bits: FFh is one like others. */
Test(avic_icr, I3_x2avic_ffh_is_an_id)
{
    x2();
    writes_msr(0x830, 0xffull << 32 | VECTOR);
    incomplete(IPI_INVALID_TARGET, 0xff, VECTOR, 0xff);
    nothing_sent();
}

/* Logical: cluster in the upper half, a bit a vCPU; no LIT. gAPIC 17 is cluster 1, bit 1. */
Test(avic_icr, T2_2_x2avic_logical)
{
    x2();
    PUT(control.avic_physical_table, PIT | 17);
    PUT(control.avic_logical_table, 0);
    runs(17, PAGE_3, 1);
    writes_msr(0x830, 0x00010002ull << 32 | LOGICAL | VECTOR);
    completes();
    cr_expect(irr(PAGE_3, VECTOR));
    cr_expect(rung(1));
}

Test(avic_icr, I3_x2avic_logical_with_a_bit_that_is_nobodys)
{
    x2();
    writes_msr(0x830, 0x0000000aull << 32 | LOGICAL | VECTOR);
    incomplete(IPI_INVALID_TARGET, 3, LOGICAL | VECTOR, 0xa);
    nothing_sent();
}

/* U4 */
Test(avic_icr, T2_2_x2avic_all_ones_is_all)
{
    x2();
    pit(2, 0);
    writes_msr(0x830, 0xffffffffull << 32 | VECTOR);
    completes();
    cr_expect(irr(PAGE_0, VECTOR) && irr(PAGE_1, VECTOR));
}

Test(avic_icr, T2_2_x2avic_logical_all_ones_is_all)
{
    x2();
    pit(2, 0);
    writes_msr(0x830, 0xffffffffull << 32 | LOGICAL | VECTOR);
    completes();
    cr_expect(irr(PAGE_0, VECTOR) && irr(PAGE_1, VECTOR));
}

Test(avic_icr, T2_2_x2avic_all_ones_is_beyond_the_table)
{
    m->knobs.value[KNOB_X2AVIC_BROADCAST] = 1;
    x2();
    writes_msr(0x830, 0xffffffffull << 32 | VECTOR);
    incomplete(IPI_INVALID_TARGET, 0xfff, VECTOR, 0xffffffff);
    nothing_sent();
}

Test(avic_icr, T2_2_x2avic_self_ipi_register)
{
    x2();
    pit(0, 0);
    writes_msr(0x83f, VECTOR);
    completes();
    cr_expect(irr(PAGE_0, VECTOR));
    cr_expect_eq(reg(PAGE_0, VAPIC_SELF_IPI), VECTOR);
}

Test(avic_icr, T2_3_x2avic_self_ipi_of_an_illegal_vector)
{
    x2();
    writes_msr(0x83f, 15);
    left(VMEXIT_AVIC_INCOMPLETE_IPI);
    cr_expect_eq(GET(control.exit_info_2), (uint64_t)IPI_INVALID_VECTOR << 32);
    nothing_sent();
}

/* ---- T2.3: type and vector ---- */

static void refused(uint32_t low, enum avic_ipi_failure id)
{
    sends(low, 1 << 24);
    incomplete(id, 0, low, 1 << 24);
    nothing_sent();
}

Test(avic_icr, T2_3_vector_15)
{
    refused(15, IPI_INVALID_VECTOR);
}

Test(avic_icr, T2_3_vector_15_to_self)
{
    refused(SELF | 15, IPI_INVALID_VECTOR);
}

Test(avic_icr, T2_3_vector_16_is_sent)
{
    sends(16, 1 << 24);
    completes();
    cr_expect(irr(PAGE_1, 16));
}

Test(avic_icr, T2_3_nmi)
{
    refused(NMI | VECTOR, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_init)
{
    refused(INIT | VECTOR, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_startup)
{
    refused(SIPI | VECTOR, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_lowest_priority)
{
    refused(LOWEST | VECTOR, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_level)
{
    refused(LEVEL | VECTOR, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_level_to_self)
{
    refused(LEVEL | SELF | VECTOR, IPI_INVALID_TYPE);
}

/* "Assert" (bit 14), which Linux sets, does not matter. */
Test(avic_icr, T2_3_assert_bit_does_not_matter)
{
    sends(1 << 14 | VECTOR, 1 << 24);
    completes();
    cr_expect(irr(PAGE_1, VECTOR));
}

/* U3 */
Test(avic_icr, T2_3_type_before_vector)
{
    refused(NMI | 2, IPI_INVALID_TYPE);
}

Test(avic_icr, T2_3_vector_before_type)
{
    m->knobs.value[KNOB_AVIC_ICR_CHECKS] = 1;
    refused(NMI | 2, IPI_INVALID_VECTOR);
}

/* ---- Other knobs ---- */

Test(avic_icr, busy_bit_may_be_left_set)
{
    m->knobs.value[KNOB_AVIC_ICR_BUSY] = 1;
    sends(VECTOR, 2 << 24);
    incomplete(IPI_TARGET_NOT_RUNNING, 2, 1 << 12 | VECTOR, 2 << 24);
}

/* U11 */
static void tmr_of_the_target(unsigned knob, bool stays)
{
    m->knobs.value[KNOB_AVIC_IPI_CLEARS_TMR] = knob;
    put_bit(PAGE_1, VAPIC_VTMR, VECTOR);
    sends(VECTOR, 1 << 24);
    completes();
    cr_expect_eq(bit_of(PAGE_1, VAPIC_VTMR, VECTOR), stays);
    cr_expect(irr(PAGE_1, VECTOR));
}

Test(avic_icr, tmr_of_the_target_stays)
{
    tmr_of_the_target(0, true);
}

Test(avic_icr, tmr_of_the_target_is_cleared)
{
    tmr_of_the_target(1, false);
}

/* ---- The order of the steps: 15.29.6.1, as Linux demands it ---- */

/* IsRunning is read behind the locked access to IRR: what software does in between counts. */
Test(avic_icr, running_is_read_behind_irr)
{
    PUT(save.rip, own(avic_test_write));
    place(avic_test_address, BAR + VAPIC_VICR_LO);
    place(avic_test_value, VECTOR);
    put_reg(PAGE_0, VAPIC_VICR_HI, 1 << 24);
    cpu_setup_done(cpu);
    begin();
    for (unsigned i = 0; i < 200 && !irr(PAGE_1, VECTOR); i++)
        run_for(1);
    cr_assert(irr(PAGE_1, VECTOR), "%s", trace);
    runs(1, PAGE_1, -1);
    run();
    incomplete(IPI_TARGET_NOT_RUNNING, 1, VECTOR, 1 << 24);
}

/* What the guest has stored is visible when its IPI is: the locked access waits for the store buffer. */
Test(avic_icr, the_store_buffer_is_empty_when_irr_is_set)
{
    PUT(save.rip, own(avic_test_write));
    place(avic_test_address, BAR + VAPIC_VICR_LO);
    place(avic_test_value, VECTOR);
    put_reg(PAGE_0, VAPIC_VICR_HI, 1 << 24);
    cpu_setup_done(cpu);
    begin();
    for (unsigned i = 0; i < 200 && agent_enabled(m, 0); i++)
        agent_step(m, 0); /* the store buffer stays as it is */
    cr_expect(no_irr(PAGE_1));
    cr_expect(agent_enabled(m, agent_of_buffer(m, 0)), "the write to ICRL is in it");
}

/* ---- Tables that the machine has not ---- */

Test(avic_icr, a_backing_page_outside_memory_is_a_limit)
{
    pit(1, PIT_VALID | PIT_IS_RUNNING | RAM | 1);
    sends(VECTOR, 1 << 24);
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}
