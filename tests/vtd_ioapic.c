/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The I/O APIC behind a VT-d unit (VT-d specification, 5.1.5.1; 82093AA data sheet, 3.2.4). Machine device
 * 0 is the I/O APIC; its pin is driven by hand.
 */
#include "iommu/ioapic_remap.h"
#include "lapic/ioapic_internal.h"
#include "tests/vtd_fixture.h"

enum { PIN = 5, TM = 1 << 4 };

static struct ioapic *io;
static struct ioapic_remap *remap;

static void open_ioapic(bool extended)
{
    open_unit(extended);
    io = ioapic_new(l, DEVICE);
    remap = ioapic_remap_new(m, l, v, io, DEVICE);
}

static void set_up_extended(void)
{
    open_ioapic(true);
}

static void close_ioapic(void)
{
    ioapic_remap_free(remap);
    tear_down();
}

TestSuite(vtd_ioapic, .init = set_up_extended, .fini = close_ioapic);

static void set_pin(uint64_t entry)
{
    ioapic_write_entry(io, 0, PIN, entry);
}

static void drive(bool asserted)
{
    ioapic_drive(io, ioapic_source(io), 0, PIN, asserted);
}

static void pulse(void)
{
    drive(true);
    drive(false);
}

static uint64_t fault_of(unsigned index, unsigned reason)
{
    cr_expect_eq(read_register(VTD_FRCD, 8), (uint64_t)index << 48);
    return 1ull << 63 | (uint64_t)reason << 32 | IOAPIC_REQUESTER;
}

static bool waits(void)
{
    return ioapic_entry(io, PIN) & RTE_STATUS;
}

static bool steps(void)
{
    return agent_enabled(m, agent_of_device(m, DEVICE));
}

static void leaves(void)
{
    cr_expect(waits(), "send pending");
    device_steps();
    cr_expect(waits(), "send pending until the unit has done with it");
    device_steps();
    cr_expect_not(waits());
    cr_expect_not(steps());
}

/* The handle counts: vector, destination and delivery mode are those of the table. */
Test(vtd_ioapic, a_remappable_entry_names_one_of_the_table)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | 0x41);
    pulse();
    leaves();
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_not(message_in_flight(m, 0x41, 1));
}

/* 5.1.5.1: index 14:0 in 63:49, index 15 in bit 11. */
Test(vtd_ioapic, the_index_has_16_bits)
{
    set_pin(RTE_REMAPPABLE | 3ull << 49 | 1 << 11 | 0x41);
    pulse();
    leaves();
    cr_expect_eq(read_register(VTD_FRCD + 8, 8), fault_of(0x8003, VTD_INDEX_TOO_LARGE));
}

/* All of bits 63:48 exist; without a unit only 63:56 (82093AA). */
Test(vtd_ioapic, the_upper_half_of_an_entry)
{
    set_pin(~0ull << 48 | RTE_MASKED);
    cr_expect_eq(ioapic_entry(io, PIN), ~0ull << 48 | RTE_MASKED);
    ioapic_set_remapper(io, NULL, NULL);
    set_pin(~0ull << 48 | RTE_MASKED);
    cr_expect_eq(ioapic_entry(io, PIN), ~0ull << 56 | RTE_MASKED);
}

/* 9.9: the source is checked, with the I/O APIC's requester id. */
Test(vtd_ioapic, the_source_is_the_io_apic)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 1ull << 18 | (IOAPIC_REQUESTER ^ 8));
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | 0x41);
    pulse();
    leaves();
    cr_expect_eq(read_register(VTD_FRCD + 8, 8), fault_of(3, VTD_SOURCE_REFUSED));
    set_entry(4, remapped(0x61, X2APIC_ID), 1ull << 18 | IOAPIC_REQUESTER);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(4) | 0x41);
    pulse();
    leaves();
    cr_expect(message_in_flight(m, 0x61, 1));
}

/* 5.1.2.1: compatibility format is blocked in x2APIC mode, whatever CFIS says. */
Test(vtd_ioapic, compatibility_format_is_blocked_in_x2apic_mode)
{
    command(VTD_CFI, true);
    set_pin((uint64_t)XAPIC_ID << 56 | 0x41);
    pulse();
    leaves();
    cr_expect_not(message_in_flight(m, 0x41, 1));
    cr_expect_eq(read_register(VTD_FRCD + 8, 8), fault_of(0, VTD_COMPATIBILITY_BLOCKED));
}

/* ... in xAPIC mode CFIS decides; while remapping is off all requests are in it. */
Test(vtd_ioapic, compatibility_format_as_cfis_says)
{
    close_ioapic();
    open_ioapic(false);
    set_pin((uint64_t)XAPIC_ID << 56 | 0x41);
    pulse();
    leaves();
    cr_expect_not(message_in_flight(m, 0x41, 1));
    command(VTD_CFI, true);
    pulse();
    leaves();
    cr_expect(message_in_flight(m, 0x41, 1));
}

Test(vtd_ioapic, without_remapping_all_is_compatibility_format)
{
    close_ioapic();
    open_ioapic(false);
    command(VTD_IRE, false);
    set_pin((uint64_t)XAPIC_ID << 56 | 0x41);
    pulse();
    leaves();
    cr_expect(message_in_flight(m, 0x41, 1));
}

/* An entry that posts: the bit of PIR. */
Test(vtd_ioapic, an_edge_may_be_posted)
{
    set_entry(3, posted(0x61), 0);
    memory_write(&m->memory, PID + PID_CONTROL, 8, PID_SN);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | 0x41);
    pulse();
    leaves();
    cr_expect_eq(memory_read(&m->memory, PID + 8, 8), 1ull << (0x61 - 64));
}

/* 5.1.5.1: a broadcast EOI has the vector of the table, and the I/O APIC compares it with that of its own entry:
 * they have to be the same. */
Test(vtd_ioapic, a_level_ends_by_the_vector_of_its_own_entry)
{
    set_entry(3, remapped(0x61, X2APIC_ID) | TM, 0);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | RTE_LEVEL | 0x41);
    drive(true);
    leaves();
    cr_expect(ioapic_entry(io, PIN) & RTE_REMOTE_IRR);
    ioapic_end(io, 0, 0x61);
    cr_expect(ioapic_entry(io, PIN) & RTE_REMOTE_IRR, "it has another vector");
    cr_expect_not(steps());
    ioapic_end(io, 0, 0x41);
    leaves(); /* it is still there */
    drive(false);
    ioapic_end(io, 0, 0x41);
    cr_expect_not(ioapic_entry(io, PIN) & RTE_REMOTE_IRR);
    cr_expect_not(steps());
}

/* The I/O APIC cannot know that the unit has blocked its request. */
Test(vtd_ioapic, a_level_that_is_blocked_keeps_remote_irr)
{
    set_entry(3, 0, 0);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | RTE_LEVEL | 0x41);
    drive(true);
    leaves();
    cr_expect_eq(read_register(VTD_FRCD + 8, 8), fault_of(3, VTD_NOT_PRESENT));
    cr_expect(ioapic_entry(io, PIN) & RTE_REMOTE_IRR);
}

/* While a request waits the pin makes no second one; the lowest pin goes first. */
Test(vtd_ioapic, requests_of_a_pin_merge_and_pins_have_an_order)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    set_entry(4, remapped(0x71, X2APIC_ID), 0);
    set_pin(RTE_REMAPPABLE | RTE_HANDLE(3) | 0x41);
    ioapic_write_entry(io, 0, PIN - 1, RTE_REMAPPABLE | RTE_HANDLE(4) | 0x51);
    pulse();
    pulse();
    ioapic_drive(io, ioapic_source(io), 0, PIN - 1, true);
    device_steps();
    device_steps();
    cr_expect(message_in_flight(m, 0x71, 1));
    cr_expect_not(message_in_flight(m, 0x61, 1));
    leaves();
    cr_expect(message_in_flight(m, 0x61, 1));
}
