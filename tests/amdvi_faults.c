/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that an AMD IOMMU blocks, what it logs of them, and the event log. Events: code in 63:60, DeviceID
 * in 15:0, I 51, PR 52, RZ 55 of the first quadword ("Event Log Buffer", formats as in FreeBSD's amd_reg.h).
 */
#include "tests/amdvi_fixture.h"

TestSuite(amdvi_faults, .init = set_up_guest, .fini = tear_down);

enum { MSI_AT = 0xfee00000 };

static void nothing_comes(void)
{
    cr_expect_eq(sent(), 0);
    for (unsigned word = 0; word < 8; word++)
        cr_expect_eq(memory_at(PAGE + 0x200 + 16 * word), 0);
}

/* "IO_PAGE_FAULT Event": PR = 0, the interrupt is marked as blocked. */
Test(amdvi_faults, remap_en_0)
{
    set_entry(3, 0, 0x61);
    request(3);
    nothing_comes();
    event_is(2, AMDVI_EVENT_I, MSI_AT);
}

Test(amdvi_faults, sup_iopf_silences_the_entry)
{
    set_entry(3, 1 << 1, 0x61);
    request(3);
    nothing_comes();
    cr_expect_eq(events(), 0);
}

/* DTE.IG silences page faults of interrupts, but not an illegal entry. */
Test(amdvi_faults, ig_silences_the_device)
{
    set_dte(remapping_dte() | DTE_IG, 0);
    request(3);
    cr_expect_eq(events(), 0);
    request(16);
    cr_expect_eq(events(), 0, "beyond the table");
    nothing_comes();
    tear_down();
    set_up_guest();
    set_dte(remapping_dte() | DTE_IG | 1ull << 61 | 1ull << 60, 0);
    request(3);
    event_is(1, AMDVI_EVENT_I | AMDVI_EVENT_RZ, MSI_AT);
}

/* One entry a bit that the formats call reserved. */
Test(amdvi_faults, reserved_bits_of_entries)
{
    static const struct {
        struct table_entry e;
        struct amdvi_mode mode;
    } bad[] = {
        {{1 | 1 << 7, 0}, {0}},                             /* GuestMode of a 32-bit entry */
        {{1 | 1 << 24, 0}, {0}}, {{1 | 3 << 2, 0}, {0}}, {{1 | 6 << 2, 0}, {0}},
        {{1 | 1ull << 32, 0}, {.ga = true}}, {{1 | 1 << 16, 0}, {.ga = true}},
        {{1, 1 << 8}, {.ga = true}}, {{1, 1ull << 55}, {.ga = true}}, {{1, 1ull << 56}, {.ga = true}},
        {{1 | 3 << 2, 0}, {.ga = true}},
        {{1 | 1 << 7, 0}, {.ga = true}},                    /* GuestMode without GAMode */
        {{1 | 1 << 7 | 1 << 3, 0}, {.ga = true, .guest = true}},
        {{1 | 1 << 7 | 1 << 4, 0}, {.ga = true, .guest = true}},
        {{1 | 1 << 7, 1 << 8}, {.ga = true, .guest = true}},
        {{1 | 1 << 7, 1 << 11}, {.ga = true, .guest = true}},
        {{1 | 1 << 7, 1ull << 52}, {.ga = true, .guest = true}},
        {{1 | 1 << 7, 1ull << 55}, {.ga = true, .guest = true}},
        {{1 | 1 << 7 | 1 << 16, 0}, {.ga = true, .guest = true}},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct amdvi_outcome o = amdvi_judge_entry(&bad[i].e, bad[i].mode);
        cr_expect_eq(o.form, AMDVI_BLOCKED, "case %u", i);
        cr_expect_eq(o.event, AMDVI_IO_PAGE_FAULT, "case %u", i);
        cr_expect_eq(o.flags, AMDVI_EVENT_I | AMDVI_EVENT_PR | AMDVI_EVENT_RZ, "case %u", i);
    }
    set_entry(3, 1 | 1 << 7 | 1 << 3, 0x61 | PAGE);
    request(3);
    nothing_comes();
    event_is(2, AMDVI_EVENT_I | AMDVI_EVENT_PR | AMDVI_EVENT_RZ, MSI_AT);
}

/* GAPPIDis (5), GALogIntr (2) and IsRun (6) are none of them; with XTEn 31:8 and 127:120 are no either. */
Test(amdvi_faults, bits_that_are_not_reserved)
{
    struct table_entry e = {1 | 1 << 7 | 1 << 2 | 1 << 5 | 1 << 6 | 0xffffffff00000000ull | 0xffffff00,
                            0xff0ffffffffff0ffull};
    struct amdvi_outcome o = amdvi_judge_entry(&e, (struct amdvi_mode){true, true, true, false});
    cr_expect_eq(o.form, AMDVI_GUEST);
    cr_expect_eq(o.page, 0x000ffffffffff000ull);
    cr_expect_eq(o.vector, 0xff);
}

/* "ILLEGAL_DEV_TABLE_ENTRY Event": with IV = 1 reserved bits of 255:128 count. */
Test(amdvi_faults, reserved_bits_of_the_device_table_entry)
{
    static const struct table_entry bad[] = {
        {1ull << 52, 0}, {1ull << 53, 0}, {0, 1}, {0, 1 << 14}, {0, 1ull << 48}, {0, 1ull << 52},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct table_entry e = {remapping_dte() | bad[i].low, bad[i].high};
        struct amdvi_outcome o = amdvi_judge_device(&e, 3, false, false, false);
        cr_expect_eq(o.event, AMDVI_ILLEGAL_DEV_TABLE_ENTRY, "case %u", i);
        cr_expect_eq(o.flags, AMDVI_EVENT_I | AMDVI_EVENT_RZ, "case %u", i);
    }
    set_dte(remapping_dte() | 1ull << 52, 0);
    request(3);
    nothing_comes();
    event_is(1, AMDVI_EVENT_I | AMDVI_EVENT_RZ, MSI_AT);
}

Test(amdvi_faults, index_beyond_the_table)
{
    request(16);
    nothing_comes();
    event_is(2, AMDVI_EVENT_I, MSI_AT);
}

Test(amdvi_faults, an_abort_may_be_silent)
{
    m->knobs.value[KNOB_AMDVI_ABORTS] = 1;
    request(16);
    nothing_comes();
    cr_expect_eq(events(), 0);
}

/* "Device Table": as long as its register says, in units of 4 KiB. */
Test(amdvi_faults, a_device_beyond_the_device_table)
{
    write_register(AMDVI_DEVICE_TABLE, 8, DEVICES_AT); /* 128 entries */
    add_device(3, 1);
    msi_device_free(d);
    struct msi_interrupt script = {.request = {MSI_AT, 3, 0x80}};
    d = msi_device_new(m, l, amdvi_remapper(v), DEVICE, &script, 1);
    device_fires();
    nothing_comes();
    cr_expect_eq(memory_at(EVENTS), 2ull << 60 | AMDVI_EVENT_I | 0x80);
}

/* Where there is no memory: the hardware errors, with the address. */
Test(amdvi_faults, tables_outside_memory)
{
    set_dte(1 | 4 << 1 | 0x100000 | 2ull << 60, 0);
    request(3);
    nothing_comes();
    event_is(4, AMDVI_EVENT_I, 0x100000 + 16 * 3);
    write_register(AMDVI_EVENT_HEAD, 8, 16);
    write_register(AMDVI_DEVICE_TABLE, 8, 0x200000);
    invalidate_device(DEVICE_ID);
    unit_runs();
    request(3);
    cr_expect_eq(memory_at(EVENTS + 16), 3ull << 60 | AMDVI_EVENT_I | DEVICE_ID);
    cr_expect_eq(memory_at(EVENTS + 24), 0x200000 + 32 * DEVICE_ID);
}

Test(amdvi_faults, a_backing_page_outside_memory)
{
    set_entry(3, 1 | 1 << 7, 0x61 | 0x100000);
    request(3);
    cr_expect_eq(sent(), 0);
    event_is(4, AMDVI_EVENT_I, 0x100000);
}

/* ---- The event log ---- */

static void faults(unsigned count)
{
    add_device(3, count);
    for (unsigned i = 0; i < count; i++)
        device_fires();
}

static void enable_interrupts(void)
{
    write_register(AMDVI_MSI_ADDRESS, 4, 0xfee00000 | ID_OF_1 << 12);
    write_register(AMDVI_MSI_DATA, 4, EVENT_VECTOR);
    write_register(AMDVI_MSI_HEADER, 4, 1 << 16);
    control(AMDVI_EVENT_INT_EN, true);
}

/* EventLogInt goes from 0 to 1: an interrupt; it is set already: none. */
Test(amdvi_faults, the_event_log_interrupts_once)
{
    enable_interrupts();
    faults(2);
    cr_expect_eq(events(), 2);
    cr_expect_eq(sent(), 1);
    cr_expect(message_in_flight(m, EVENT_VECTOR, 1));
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_INT);
    write_register(AMDVI_STATUS, 8, AMDVI_EVENT_INT);
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_INT);
    faults(1);
    cr_expect_eq(sent(), 2);
}

Test(amdvi_faults, no_interrupt_that_is_not_enabled)
{
    enable_interrupts();
    control(AMDVI_EVENT_INT_EN, false);
    faults(1);
    cr_expect_eq(sent(), 0);
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_INT);
}

/* One entry stays free. The log stops, and what comes then is lost, until it is enabled anew. */
Test(amdvi_faults, the_event_log_overflows)
{
    enable_interrupts();
    write_register(AMDVI_EVENT_TAIL, 8, 0xff0);
    faults(1);
    cr_expect_eq(read_register(AMDVI_STATUS, 8) & (AMDVI_EVENT_OVERFLOW | AMDVI_EVENT_RUN),
                 AMDVI_EVENT_OVERFLOW);
    cr_expect_eq(read_register(AMDVI_EVENT_TAIL, 8), 0xff0);
    cr_expect_eq(sent(), 1, "the overflow of this log interrupts");
    write_register(AMDVI_EVENT_HEAD, 8, 0x100);
    faults(1);
    cr_expect_eq(read_register(AMDVI_EVENT_TAIL, 8), 0xff0, "it does not run");
    control(AMDVI_EVENT_LOG_EN, false);
    write_register(AMDVI_STATUS, 8, AMDVI_EVENT_OVERFLOW);
    unit_runs();
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_RUN);
    control(AMDVI_EVENT_LOG_EN, true);
    faults(1);
    cr_expect_eq(read_register(AMDVI_EVENT_TAIL, 8), 0, "it wraps");
    cr_expect_eq(memory_at(EVENTS + 0xff0), 2ull << 60 | AMDVI_EVENT_I | DEVICE_ID);
}

/* It does not begin to run while its overflow bit is set, and does when that goes. */
Test(amdvi_faults, a_log_waits_for_its_overflow_bit)
{
    write_register(AMDVI_EVENT_TAIL, 8, 0xff0);
    faults(1);
    control(AMDVI_EVENT_LOG_EN, false);
    control(AMDVI_EVENT_LOG_EN, true);
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_RUN);
    write_register(AMDVI_STATUS, 8, AMDVI_EVENT_OVERFLOW);
    unit_runs();
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_EVENT_RUN);
}

/* IntCapXTEn: destination and vector of the unit's own interrupts come from the XT registers. */
Test(amdvi_faults, its_interrupt_through_the_xt_register)
{
    enable_interrupts();
    write_register(AMDVI_XT_GENERAL, 8, (uint64_t)0x42 << 32 | ID_OF_1 << 8);
    control(AMDVI_INT_CAP_XT_EN, true);
    faults(1);
    cr_expect(message_in_flight(m, 0x42, 1));
    cr_expect_not(message_in_flight(m, EVENT_VECTOR, 1));
}

static void is_a_bug(enum finding_kind kind)
{
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, kind);
}

Test(amdvi_faults, a_log_outside_memory_is_a_bug)
{
    control(AMDVI_EVENT_LOG_EN, false);
    write_register(AMDVI_EVENT_LOG, 8, 0x100000 | LENGTH_8);
    control(AMDVI_EVENT_LOG_EN, true);
    faults(1);
    is_a_bug(FINDING_BUG);
}

Test(amdvi_faults, a_length_below_8_is_a_bug)
{
    control(AMDVI_EVENT_LOG_EN, false);
    write_register(AMDVI_EVENT_LOG, 8, EVENTS | 7ull << 56);
    control(AMDVI_EVENT_LOG_EN, true);
    is_a_bug(FINDING_BUG);
}

Test(amdvi_faults, xt_without_ga_is_a_bug)
{
    control(AMDVI_GA_EN, false);
    control(AMDVI_XT_EN, true);
    is_a_bug(FINDING_BUG);
}

Test(amdvi_faults, an_unknown_register_is_a_limit)
{
    read_register(0x38, 8); /* PPR log */
    is_a_bug(FINDING_LIMIT);
}

Test(amdvi_faults, registers_by_halves)
{
    write_register(AMDVI_DEVICE_TABLE, 4, 0x12345001);
    write_register(AMDVI_DEVICE_TABLE + 4, 4, 0x9a);
    cr_expect_eq(read_register(AMDVI_DEVICE_TABLE, 8), 0x9a12345001ull);
    cr_expect_eq(read_register(AMDVI_DEVICE_TABLE + 4, 4), 0x9a);
    read_register(AMDVI_DEVICE_TABLE, 2);
    is_a_bug(FINDING_BUG);
}
