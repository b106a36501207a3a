/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest mode entries of an AMD IOMMU, by hand: posting to a vAPIC backing page, doorbell, GA log, GAPPI
 * ("Interrupt Remapping Tables, Guest Virtual APIC Enabled", "Guest Virtual APIC Log", 2.2.5.4). T4.1, T4.2
 * and T4.4 of the dossier.
 */
#include "tests/amdvi_fixture.h"

TestSuite(amdvi_posting, .init = set_up_guest, .fini = tear_down);
TestSuite(amdvi_posting_xt, .init = set_up_xt, .fini = tear_down);

enum { IS_RUN = 1 << 6, GA_LOG_INTR = 1 << 2, GAPPI_DIS = 1 << 5, VECTOR = 0x41 };

/* Nothing physical: whatever happens, the interrupt itself is only a bit. */
static bool anything_else(unsigned vector)
{
    return message_in_flight(m, vector, 0) || message_in_flight(m, vector, 1);
}

/* T4.1. The bit always; a doorbell if IsRun, otherwise an entry of the GA log if GALogIntr. */
Test(amdvi_posting, T41_the_bit_and_whom_it_tells)
{
    for (unsigned i = 0; i < 4; i++) {
        bool run = i & 1, log = i & 2;
        set_guest(i, VECTOR + i, (run ? IS_RUN : 0) | (log ? GA_LOG_INTR : 0), ID_OF_1);
        uint32_t before = sent();
        unsigned held = tags();
        request(i);
        cr_expect(irr(VECTOR + i), "IsRun %d GALogIntr %d", run, log);
        cr_expect_eq(rung(1), run);
        cr_expect_eq(sent() - before, run);
        cr_expect_eq(tags() - held, log && !run);
        cr_expect_not(anything_else(VECTOR + i));
        if (run)
            message_arrive(m, m->cores + DEVICE, before % m->slots);
    }
}

/* The bit of the vector, IRR 200h to 270h, 32 vectors every 16 bytes; others stay. */
Test(amdvi_posting, irr_of_the_backing_page)
{
    memory_write(&m->memory, PAGE + 0x270, 4, 0x80000001);
    set_guest(3, 0xf5, 0, 0);
    request(3);
    cr_expect_eq(memory_read(&m->memory, PAGE + 0x270, 4), 0x80000001 | 1 << (0xf5 - 0xe0));
    set_guest(4, 0x20, 0, 0);
    request(4);
    cr_expect_eq(memory_read(&m->memory, PAGE + 0x210, 4), 1);
}

/* GA log entries: GATag 31:0, DeviceID 47:32, type 63:60 = 1 (Linux: GA_TAG, GA_DEVID, GA_REQ_TYPE). */
Test(amdvi_posting, an_entry_of_the_ga_log)
{
    write_register(AMDVI_GA_TAIL_ADDRESS, 8, GA_TAIL_AT);
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
    request(3);
    cr_expect_eq(memory_at(GA_LOG), 1ull << 60 | (uint64_t)DEVICE_ID << 32 | TAG);
    cr_expect_eq(read_register(AMDVI_GA_TAIL, 8), 8);
    cr_expect_eq(memory_at(GA_TAIL_AT), 8);
}

/* Destination 31:24 of a doorbell is in 127:120. */
Test(amdvi_posting_xt, a_doorbell_by_a_32_bit_id)
{
    set_guest(3, VECTOR, IS_RUN, XT_ID_OF_1);
    request(3);
    cr_expect(rung(1));
}

/* A Destination that is no core: the bit is set, nobody hears of it. */
Test(amdvi_posting, a_doorbell_for_nobody)
{
    set_guest(3, VECTOR, IS_RUN, 0x99);
    request(3);
    cr_expect(irr(VECTOR));
    cr_expect_eq(sent(), 0);
}

/* ---- The order of its steps ---- */

/* Device table entry, remapping entry; IRR; IsRun; notification. */
static void steps(unsigned count)
{
    while (count-- > 0)
        device_steps();
}

Test(amdvi_posting, irr_then_isrun_then_the_notification)
{
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 1);
    steps(2);
    cr_expect_not(irr(VECTOR));
    steps(1);
    cr_expect(irr(VECTOR));
    set_guest(3, VECTOR, IS_RUN, ID_OF_1); /* only now */
    steps(1);
    cr_expect_eq(sent(), 0);
    set_guest(3, VECTOR, 0, 0); /* too late */
    steps(1);
    cr_expect(rung(1));
}

Test(amdvi_posting, the_knob_isrun_first)
{
    m->knobs.value[KNOB_VAPIC_POST_ORDER] = 1;
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 1);
    steps(3);
    cr_expect_not(irr(VECTOR));
    set_guest(3, VECTOR, IS_RUN, ID_OF_1);
    steps(2);
    cr_expect(irr(VECTOR));
    cr_expect_eq(sent(), 0, "it was not running");
}

Test(amdvi_posting, the_knob_irr_last)
{
    m->knobs.value[KNOB_VAPIC_POST_ORDER] = 2;
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
    add_device(3, 1);
    steps(4);
    cr_expect_eq(tags(), 1);
    cr_expect_not(irr(VECTOR));
    steps(1);
    cr_expect(irr(VECTOR));
    cr_expect_eq(msi_device_done(d), 1);
}

/* ---- T4.2: what the cache keeps ---- */

/* "IRTE[IsRun], IRTE[Destination], and if present IRTE[GATag], are not cached" (p. 93). */
Test(amdvi_posting, T42_isrun_destination_and_gatag_are_not_cached)
{
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 4);
    device_fires();
    cr_assert_eq(sent(), 0);
    set_guest(3, VECTOR, IS_RUN, ID_OF_1);
    device_fires();
    cr_expect(rung(1));
    set_guest(3, VECTOR, IS_RUN, 0);
    device_fires();
    cr_expect(rung(0));
    set_entry(3, 1 | 1 << 7 | GA_LOG_INTR | 0x5678ull << 32, VECTOR | PAGE);
    device_fires();
    cr_expect_eq(memory_at(GA_LOG) & 0xffffffff, 0x5678);
}

/* GALogIntr is not either, as AMD's architects say; the sentence of the manual does not name it. */
static unsigned tags_after_galogintr_is_cleared(void)
{
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
    add_device(3, 2);
    device_fires();
    cr_assert_eq(tags(), 1);
    set_guest(3, VECTOR, 0, 0);
    device_fires();
    return tags() - 1;
}

Test(amdvi_posting, T42_galogintr_is_not_cached)
{
    cr_expect_eq(tags_after_galogintr_is_cleared(), 0);
}

Test(amdvi_posting, T42_the_knob_galogintr_is_cached)
{
    m->knobs.value[KNOB_IRTE_GALOGINTR] = 1;
    cr_expect_eq(tags_after_galogintr_is_cleared(), 1);
}

/* Vector, root pointer and GuestMode are cached: all of the old entry counts until it is invalidated. */
Test(amdvi_posting, T42_vector_and_root_are_cached)
{
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 3);
    device_fires();
    memory_write(&m->memory, PAGE + 0x220, 4, 0);
    set_entry(3, 1 | 1 << 7, (VECTOR + 1) | (PAGE + 0x1000));
    device_fires();
    cr_expect(irr(VECTOR));
    cr_expect_eq(memory_read(&m->memory, PAGE + 0x1220, 4), 0);
    invalidate_interrupts(DEVICE_ID);
    unit_runs();
    device_fires();
    cr_expect_eq(memory_read(&m->memory, PAGE + 0x1220, 4), 1 << (VECTOR + 1 - 0x40));
}

/* Deactivated in memory and not in the cache: DM, where IsRun was, is taken for it. */
Test(amdvi_posting, an_entry_that_is_another_in_memory)
{
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 2);
    device_fires();
    set_entry(3, 1 | 1 << 6 | ID_OF_1 << 8, 0x61);
    device_fires();
    cr_expect(irr(VECTOR));
    cr_expect(rung(1));
    cr_expect_not(anything_else(0x61));
}

/* ---- T4.4: the GA log ---- */

static void log_interrupts(void)
{
    write_register(AMDVI_XT_GA, 8, (uint64_t)GA_VECTOR << 32 | ID_OF_1 << 8);
    control(AMDVI_INT_CAP_XT_EN | AMDVI_GA_INT_EN, true);
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
}

/* GAInt goes from 0 to 1: an interrupt. */
Test(amdvi_posting, T44_the_ga_log_interrupts_once)
{
    log_interrupts();
    add_device(3, 3);
    device_fires();
    cr_expect(message_in_flight(m, GA_VECTOR, 1));
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_GA_INT);
    device_fires();
    cr_expect_eq(sent(), 1);
    write_register(AMDVI_STATUS, 8, AMDVI_GA_INT);
    device_fires();
    cr_expect_eq(sent(), 2);
    cr_expect_eq(tags(), 3);
}

/* 512 entries of 8 bytes, one of which stays free. The one that finds no room is lost, without an interrupt,
 * and so is what comes until the log has been enabled anew; the bits in IRR are not. */
Test(amdvi_posting, T44_the_ga_log_overflows)
{
    log_interrupts();
    write_register(AMDVI_GA_HEAD, 8, 0x10);
    write_register(AMDVI_GA_TAIL, 8, 0x08);
    request(3);
    cr_expect_eq(read_register(AMDVI_STATUS, 8) & (AMDVI_GA_RUN | AMDVI_GA_OVERFLOW | AMDVI_GA_INT),
                 AMDVI_GA_OVERFLOW);
    cr_expect_eq(sent(), 0);
    cr_expect(irr(VECTOR));
    write_register(AMDVI_GA_HEAD, 8, 0x08);
    write_register(AMDVI_STATUS, 8, AMDVI_GA_OVERFLOW);
    unit_runs();
    request(3);
    cr_expect_eq(tags(), 0, "it is enabled, but does not run");
    control(AMDVI_GA_LOG_EN, false);
    control(AMDVI_GA_LOG_EN, true);
    request(3);
    cr_expect_eq(tags(), 1);
    cr_expect_eq(sent(), 1);
}

Test(amdvi_posting, the_ga_log_wraps)
{
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
    write_register(AMDVI_GA_HEAD, 8, 0xff8);
    write_register(AMDVI_GA_TAIL, 8, 0xff8);
    request(3);
    cr_expect_eq(read_register(AMDVI_GA_TAIL, 8), 0);
    cr_expect_eq(memory_at(GA_LOG + 0xff8) & 0xffffffff, TAG);
}

/* With one MSI the GA log's interrupt is the same as that of the others. */
Test(amdvi_posting, the_ga_log_through_the_msi)
{
    write_register(AMDVI_MSI_ADDRESS, 4, 0xfee00000 | ID_OF_1 << 12);
    write_register(AMDVI_MSI_DATA, 4, EVENT_VECTOR);
    write_register(AMDVI_MSI_HEADER, 4, 1 << 16);
    control(AMDVI_GA_INT_EN, true);
    set_guest(3, VECTOR, GA_LOG_INTR, 0);
    request(3);
    cr_expect(message_in_flight(m, EVENT_VECTOR, 1));
}

/* ---- GAPPI ---- */

static void enable_gappi(void)
{
    control(AMDVI_GAPPI_EN, true);
}

/* Vector GATag 7:0 to the physical Destination, in place of the log. */
static void set_gappi(unsigned index, uint64_t bits)
{
    set_entry(index, 1 | 1 << 7 | bits | ID_OF_1 << 8 | (uint64_t)(0x900 | GA_VECTOR) << 32, VECTOR | PAGE);
}

Test(amdvi_posting, T41_gappi)
{
    enable_gappi();
    set_gappi(3, GA_LOG_INTR);
    request(3);
    cr_expect(irr(VECTOR));
    cr_expect(message_in_flight(m, GA_VECTOR, 1));
    cr_expect_eq(tags(), 0);
}

Test(amdvi_posting, T41_a_running_vcpu_gets_a_doorbell_instead)
{
    enable_gappi();
    set_gappi(3, IS_RUN);
    request(3);
    cr_expect(rung(1));
    cr_expect_not(anything_else(GA_VECTOR));
}

Test(amdvi_posting, T41_gappidis)
{
    enable_gappi();
    set_gappi(3, GAPPI_DIS);
    request(3);
    cr_expect(irr(VECTOR));
    cr_expect_eq(sent(), 0);
}

/* Only if IRR held nothing before, wherever; the check may be imprecise. */
static unsigned gappis_on_a_pending_page(void)
{
    enable_gappi();
    memory_write(&m->memory, PAGE + 0x270, 4, 1);
    set_gappi(3, 0);
    request(3);
    cr_assert(irr(VECTOR));
    return sent();
}

Test(amdvi_posting, T41_no_gappi_if_something_is_pending)
{
    cr_expect_eq(gappis_on_a_pending_page(), 0);
}

Test(amdvi_posting, T41_the_knob_gappi_always)
{
    m->knobs.value[KNOB_GAPPI_FILTER] = 1;
    cr_expect_eq(gappis_on_a_pending_page(), 1);
}

/* ---- Reads of an entry ---- */

/* At once; the knob irte-fetch splits them. */
static uint64_t page_of_a_torn_entry(void)
{
    set_guest(3, VECTOR, 0, 0);
    add_device(3, 1);
    steps(2);
    set_entry(3, 1 | 1 << 7, (VECTOR + 1) | (PAGE + 0x1000));
    while (!msi_device_done(d))
        device_steps();
    return memory_read(&m->memory, PAGE + 0x1220, 4);
}

Test(amdvi_posting, an_entry_is_read_at_once)
{
    cr_expect_eq(page_of_a_torn_entry(), 0);
}

Test(amdvi_posting, the_knob_irte_fetch_halves)
{
    m->knobs.value[KNOB_IRTE_FETCH] = 1;
    cr_expect_neq(page_of_a_torn_entry(), 0);
}

/* A device's count is part of the step that sets the bit. */
Test(amdvi_posting, the_ledger_counts_with_the_bit)
{
    struct msi_interrupt script = {.request = {0xfee00000, 3, DEVICE_ID}, .count = STATUS};
    set_guest(3, VECTOR, 0, 0);
    d = msi_device_new(m, l, amdvi_remapper(v), DEVICE, &script, 1);
    for (unsigned i = 0; i < 5; i++) {
        cr_expect_eq(memory_read(&m->memory, STATUS, 4), irr(VECTOR));
        device_steps();
    }
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 1);
}

/* A knob is asked where it decides: none of the log for a vCPU that runs, none of aborts where there is none. */
Test(amdvi_posting, knobs_that_are_asked)
{
    set_guest(3, VECTOR, IS_RUN, ID_OF_1);
    request(3);
    cr_expect(m->knobs.consulted >> KNOB_VAPIC_POST_ORDER & 1);
    cr_expect(m->knobs.consulted >> KNOB_IRTE_FETCH & 1);
    cr_expect_not(m->knobs.consulted >> KNOB_IRTE_GALOGINTR & 1);
    cr_expect_not(m->knobs.consulted >> KNOB_AMDVI_ABORTS & 1);
    cr_expect_not(m->knobs.consulted >> KNOB_DTE_IV_0 & 1);
    set_guest(4, VECTOR, GA_LOG_INTR, 0);
    request(4);
    cr_expect(m->knobs.consulted >> KNOB_IRTE_GALOGINTR & 1);
    cr_expect_not(m->knobs.consulted >> KNOB_GAPPI_FILTER & 1);
    request(16);
    cr_expect(m->knobs.consulted >> KNOB_AMDVI_ABORTS & 1);
}
