/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that a VT-d unit blocks, what it records of them, and the events that it raises.
 * Reasons: VT-d specification, 5.1.4.1 (20h to 28h).
 */
#include "tests/vtd_fixture.h"

TestSuite(vtd_faults, .init = set_up, .fini = tear_down);

enum { FPD = 1 << 1 };

static void blocked_with(unsigned reason)
{
    cr_expect(nothing_was_sent());
    cr_expect_eq(memory_at(PID), 0);
    cr_expect_eq(memory_at(PID + 8), 0);
    cr_expect_eq(fault_reason(), reason);
}

/* FRCD: index in 63:48 of the lower half; reason in 39:32 and source id in 15:0 of the upper one. */
Test(vtd_faults, D2_not_present)
{
    request(msi_remappable_address(3), 0);
    blocked_with(0x22);
    cr_expect_eq(read_register(VTD_FRCD, 8), 3ull << 48);
    cr_expect_eq(read_register(VTD_FRCD + 8, 8), 1ull << 63 | 0x22ull << 32 | REQUESTER);
}

Test(vtd_faults, D2_index_beyond_the_table)
{
    request(msi_remappable_address(16), 0);
    blocked_with(0x21);
    cr_expect_eq(read_register(VTD_FRCD, 8), 16ull << 48);
}

/* One entry a bit that 9.9 calls reserved, and a reserved delivery mode. */
Test(vtd_faults, D2_reserved_bits_of_a_remapped_entry)
{
    static const struct table_entry bad[] = {
        {1 << 12, 0}, {1 << 13, 0}, {1 << 14, 0}, {1 << 24, 0}, {1ull << 31, 0}, {3 << 5, 0}, {6 << 5, 0},
        {0, 1 << 20}, {0, 1ull << 63}, {0, 3 << 18},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vtd_outcome o = {0};
        struct table_entry e = {remapped(0x61, 0) | bad[i].low, bad[i].high};
        vtd_judge_entry(&e, REQUESTER, true, &o);
        cr_expect_eq(o.reason, 0x24, "case %u", i);
    }
    set_entry(3, remapped(0x61, X2APIC_ID) | 1 << 24, 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0x24);
}

Test(vtd_faults, D2_reserved_bits_of_a_posted_entry)
{
    static const struct table_entry bad[] = {
        {1 << 2, 0}, {1 << 3, 0}, {1 << 4, 0}, {1 << 5, 0}, {1 << 7, 0}, {1 << 12, 0}, {1 << 13, 0},
        {1 << 24, 0}, {1ull << 37, 0}, {0, 1 << 20}, {0, 1u << 31},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vtd_outcome o = {0};
        struct table_entry e = {posted(0x41) | bad[i].low, bad[i].high};
        vtd_judge_entry(&e, REQUESTER, true, &o);
        cr_expect_eq(o.reason, 0x24, "case %u", i);
    }
    set_entry(3, posted(0x41) | 1 << 5, 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0x24);
}

/* Bits 11:8 are the software's. */
Test(vtd_faults, bits_for_software_are_no_reserved_bits)
{
    struct vtd_outcome o = {0};
    struct table_entry e = {posted(0x41) | 0xf00, 0};
    vtd_judge_entry(&e, REQUESTER, true, &o);
    cr_expect_eq(o.reason, VTD_OK);
}

/* 9.9, SVT and SQ: 1 verifies the id with up to three function bits left out, 2 a range of buses. */
Test(vtd_faults, D2_source_id)
{
    static const struct {
        uint64_t high;
        bool passes;
    } cases[] = {
        {1 << 18 | REQUESTER, true},          {1 << 18 | (REQUESTER ^ 1), false},
        {1 << 18 | 1 << 16 | (REQUESTER ^ 4), true}, {1 << 18 | 1 << 16 | (REQUESTER ^ 2), false},
        {1 << 18 | 2 << 16 | (REQUESTER ^ 6), true}, {1 << 18 | 2 << 16 | (REQUESTER ^ 1), false},
        {1 << 18 | 3 << 16 | (REQUESTER ^ 7), true}, {1 << 18 | 3 << 16 | (REQUESTER ^ 8), false},
        {2 << 18 | 0x0001, true},  {2 << 18 | 0x0101, true},
        {2 << 18 | 0x0203, false}, {2 << 18 | 0x0000, false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vtd_outcome o = {0};
        struct table_entry e = {posted(0x41), cases[i].high};
        vtd_judge_entry(&e, REQUESTER, true, &o);
        cr_expect_eq(o.reason, cases[i].passes ? 0 : 0x26, "case %u", i);
    }
    set_entry(3, posted(0x41), 1 << 18 | 0x0200);
    request(msi_remappable_address(3), 0);
    blocked_with(0x26);
}

/* 5.2.3: the descriptor is released unchanged. Bits 257 + 1 to 271, 287:280 and 511:320. */
Test(vtd_faults, D2_reserved_bits_of_the_descriptor)
{
    memory_write(&m->memory, PID + 32, 8, 0x0000000000f20004ull);
    set_entry(3, posted(0x41), 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0x28);
    cr_expect_eq(memory_at(PID + 32), 0x0000000000f20004ull);
}

Test(vtd_faults, D2_reserved_end_of_the_descriptor)
{
    memory_write(&m->memory, PID + 32, 8, 0x0000000000f20000ull);
    memory_write(&m->memory, PID + 56, 8, 1ull << 63);
    set_entry(3, posted(0x41), 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0x28);
}

Test(vtd_faults, D2_a_posted_entry_that_is_not_present)
{
    set_entry(3, posted(0x41) & ~1ull, 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0x22);
}

/* FPD counts in an entry that is not present, too (9.9), and for all that goes wrong behind the entry. */
Test(vtd_faults, D2_qualified_faults_are_silent_with_fpd)
{
    static const struct table_entry silent[] = {
        {FPD, 0},                                                       /* not present */
        {1 | FPD | 1 << 12, 0},                                         /* a reserved bit */
        {1 | FPD | 0x61 << 16, 1 << 18 | 0x0200},                       /* another source */
    };
    for (unsigned i = 0; i < sizeof silent / sizeof *silent; i++) {
        set_entry(3, silent[i].low, silent[i].high);
        request(msi_remappable_address(3), 0);
        blocked_with(0);
        tear_down();
        set_up();
    }
    memory_write(&m->memory, PID + 32, 8, 0x0000000000f20004ull); /* a reserved bit of the descriptor */
    set_entry(3, posted(0x41) | FPD, 0);
    request(msi_remappable_address(3), 0);
    blocked_with(0);
}

/* Those that no entry has a say in are always reported. */
Test(vtd_faults, D2_reserved_bits_of_the_request_are_always_reported)
{
    set_entry(3, posted(0x41) | FPD, 0);
    request(msi_remappable_address(3) | 1 << 3, 1 << 16);
    blocked_with(0x20);
}

Test(vtd_faults, a_table_outside_memory)
{
    write_register(VTD_IRTA, 8, 0x100000 | S_16_ENTRIES | VTD_IRTA_EIME);
    command(VTD_SIRTP, true);
    request(msi_remappable_address(3), 0);
    blocked_with(0x23);
}

/* IRTA counts once it is latched. */
Test(vtd_faults, the_table_is_latched_by_sirtp)
{
    write_register(VTD_IRTA, 8, 0x100000 | S_16_ENTRIES | VTD_IRTA_EIME);
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0x61, 1));
}

/* ---- Recording and events ---- */

static void faults(unsigned count)
{
    add_device(msi_remappable_address(3), 0, count);
    for (unsigned i = 0; i < count; i++)
        device_fires();
}

/* 7.2.1: a ring; a fault that finds no room sets PFO, and nothing is recorded until that is cleared. */
Test(vtd_faults, records_overflow)
{
    faults(3);
    cr_expect_eq(read_register(VTD_FSTS, 4) & 3, 3);
    cr_expect(read_register(VTD_FRCD + 24, 8) >> 63);
    write_register(VTD_FRCD + 8, 8, 1ull << 63);
    cr_expect_eq(read_register(VTD_FSTS, 4) & 3, 3, "one record is still in use");
    write_register(VTD_FRCD + 28, 4, 1u << 31); /* by its upper half alone */
    write_register(VTD_FSTS, 4, 1);
    cr_expect_eq(read_register(VTD_FSTS, 4) & 3, 0);
}

static void set_event(unsigned control)
{
    write_register(control + 4, 4, 0x31);
    write_register(control + 8, 4, 0xfee00000 | (X2APIC_ID & 0xff) << 12);
    write_register(control + 12, 4, X2APIC_ID & 0xffffff00);
}

static unsigned events_sent(void)
{
    return m->state->queue[m->cores + UNIT].sent;
}

/* 7.3: masked at reset; what became pending is sent when the mask goes. */
Test(vtd_faults, a_masked_event_stays_pending)
{
    set_event(VTD_FECTL);
    faults(1);
    unit_runs();
    cr_expect_eq(events_sent(), 0);
    cr_expect_eq(read_register(VTD_FECTL, 4), 3u << 30);
    write_register(VTD_FECTL, 4, 0);
    unit_runs();
    cr_expect(message_in_flight(m, 0x31, 1));
    cr_expect_eq(read_register(VTD_FECTL, 4), 0);
}

/* 11.4.7.2: another fault while one is pending is no new condition. */
Test(vtd_faults, one_event_until_the_status_is_clear)
{
    set_event(VTD_FECTL);
    write_register(VTD_FECTL, 4, 0);
    add_device(msi_remappable_address(3), 0, 3);
    device_fires();
    unit_runs();
    device_fires();
    unit_runs();
    cr_expect_eq(events_sent(), 1);
    write_register(VTD_FRCD + 8, 8, 1ull << 63);
    write_register(VTD_FRCD + 24, 8, 1ull << 63);
    agent_step(m, agent_of_message(m, m->cores + UNIT, 0));
    device_fires();
    unit_runs();
    cr_expect_eq(events_sent(), 2);
}

/* An event that was masked and served is not sent later. */
Test(vtd_faults, served_faults_are_pending_no_more)
{
    set_event(VTD_FECTL);
    faults(1);
    write_register(VTD_FRCD + 8, 8, 1ull << 63);
    write_register(VTD_FECTL, 4, 0);
    unit_runs();
    cr_expect_eq(events_sent(), 0);
}

/* 6.5.2.10, IF: completion of a wait descriptor sets IWC and sends the event. */
Test(vtd_faults, completion_event)
{
    set_event(VTD_IECTL);
    write_register(VTD_IECTL, 4, 0);
    queue_descriptor(WAIT | WAIT_INTERRUPTS, 0);
    unit_runs();
    cr_expect(message_in_flight(m, 0x31, 1));
    cr_expect_eq(read_register(VTD_ICS, 4), 1);
    write_register(VTD_ICS, 4, 1);
    cr_expect_eq(read_register(VTD_ICS, 4), 0);
}
