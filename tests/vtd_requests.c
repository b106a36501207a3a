/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VT-d unit does with an interrupt request: formats, the table, remapped and posted entries.
 * Values of entries follow the tables of the VT-d specification, 9.9 and 9.10, not the code.
 */
#include "tests/vtd_fixture.h"

TestSuite(vtd_requests, .init = set_up, .fini = tear_down);
TestSuite(vtd_xapic, .init = set_up_xapic, .fini = tear_down);

/* FEE00000h | handle[14:0] << 5 | format << 4 | SHV << 3 | handle[15] << 2 (5.1.2.2). */
Test(vtd_requests, index_is_the_handle_and_the_subhandle_if_valid)
{
    uint32_t index;
    struct interrupt_request r = {0xfee00000 | 0x1234 << 5 | 1 << 4, 0xffff0007, REQUESTER};
    cr_expect(vtd_decode_request(&r, &index));
    cr_expect_eq(index, 0x1234, "SHV = 0: data says nothing");
    r.address |= 1 << 3;
    r.data = 7;
    cr_expect(vtd_decode_request(&r, &index));
    cr_expect_eq(index, 0x1234 + 7);
    r.address |= 1 << 2;
    cr_expect(vtd_decode_request(&r, &index));
    cr_expect_eq(index, 0x9234 + 7);
    r.data = 0x10007;
    cr_expect_not(vtd_decode_request(&r, &index), "SHV = 1: data 31:16 is reserved");
    cr_expect_eq(msi_remappable_address(0x9234), 0xfee00000 | 0x1234 << 5 | 1 << 4 | 1 << 2);
}

/* 5.1.4: vector, delivery mode and destination are the entry's, nothing is the device's. */
Test(vtd_requests, a_remapped_entry_sends_what_it_says)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_eq(m->state->queue[m->cores + DEVICE].sent, 1);
    cr_expect_eq(fault_reason(), 0);
}

Test(vtd_requests, a_subhandle_selects_a_later_entry)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    set_entry(5, remapped(0x71, X2APIC_ID), 0);
    request(msi_remappable_address(3) | 1 << 3, 2);
    cr_expect(message_in_flight(m, 0x71, 1));
    cr_expect_not(message_in_flight(m, 0x61, 1));
}

/* 9.9, DST: in xAPIC mode the id is in bits 47:40, the rest of the field is reserved. */
Test(vtd_xapic, destination_is_in_47_40)
{
    set_entry(3, 1 | 0x61 << 16 | (uint64_t)XAPIC_ID << 40, 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0x61, 1));
}

Test(vtd_xapic, destination_in_39_32_is_reserved)
{
    set_entry(3, 1 | 0x61 << 16 | (uint64_t)XAPIC_ID << 32, 0);
    request(msi_remappable_address(3), 0);
    cr_expect(nothing_was_sent());
    cr_expect_eq(fault_reason(), 0x24);
}

/* 9.9, DM: logical, by the x2APIC logical id: cluster 31:16, a bit a member (SDM 10.12.10.2). The core's
 * id is 10203h, so it is member 3 of cluster 1020h. */
Test(vtd_requests, logical_destinations)
{
    set_entry(3, remapped(0x61, 0x1020u << 16 | 1 << 3) | 1 << 2, 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_not(message_in_flight(m, 0x61, 0));
}

/* 5.1.4, D5: with EIME no compatibility format, whatever CFIS says. */
Test(vtd_requests, D5_compatibility_format_is_blocked_in_x2apic_mode)
{
    command(VTD_CFI, true);
    cr_assert(read_register(VTD_GSTS, 4) & VTD_CFI);
    request(0xfee00000 | XAPIC_ID << 12, 0x4061);
    cr_expect(nothing_was_sent());
    cr_expect_eq(fault_reason(), 0x25);
}

Test(vtd_xapic, D5_compatibility_format_is_blocked_without_cfis)
{
    request(0xfee00000 | XAPIC_ID << 12, 0x4061);
    cr_expect(nothing_was_sent());
    cr_expect_eq(fault_reason(), 0x25);
}

Test(vtd_xapic, compatibility_format_passes_with_cfis)
{
    command(VTD_CFI, true);
    request(0xfee00000 | XAPIC_ID << 12, 0x4061);
    cr_expect(message_in_flight(m, 0x61, 1));
}

Test(vtd_xapic, without_remapping_all_is_compatibility_format)
{
    command(VTD_IRE, false);
    request(0xfee00000 | XAPIC_ID << 12, 0x4061);
    cr_expect(message_in_flight(m, 0x61, 1));
}

/* ---- Posting ---- */

/* D1: notify if and only if ON = 0 and (URG or SN = 0); the PIR bit always; ON if notified. */
Test(vtd_requests, D1_notify_iff_on_is_0_and_urgent_or_not_suppressed)
{
    for (unsigned i = 0; i < 8; i++) {
        bool on = i & 1, sn = i & 2, urgent = i & 4;
        uint64_t control = (uint64_t)X2APIC_ID << 32 | 0xf2 << 16 | sn << 1 | on;
        memory_write(&m->memory, PID, 8, 1);
        memory_write(&m->memory, PID + 32, 8, control);
        set_entry(i, posted(0x41) | urgent << 14, 0);
        uint32_t sent = m->state->queue[m->cores + DEVICE].sent;
        request(msi_remappable_address((uint16_t)i), 0);
        bool notified = m->state->queue[m->cores + DEVICE].sent != sent;
        bool expected = !on && (urgent || !sn);
        cr_expect_eq(notified, expected, "ON %d SN %d URG %d", on, sn, urgent);
        cr_expect_eq(memory_at(PID), 1, "another word of PIR");
        cr_expect_eq(memory_at(PID + 8), 1ull << (0x41 - 64));
        cr_expect_eq(memory_at(PID + 32), control | expected);
        cr_expect_eq(message_in_flight(m, 0xf2, 1), expected);
        if (expected)
            agent_step(m, agent_of_message(m, m->cores + DEVICE, sent)); /* frees its slot */
        msi_device_free(d);
        d = NULL;
    }
}

/* D7: NDST of xAPIC mode holds the id in bits 15:8 of 319:288. */
Test(vtd_xapic, D7_ndst_of_id_7)
{
    memory_write(&m->memory, PID + 32, 8, 0x0000070000f20000ull);
    set_entry(3, posted(0x41), 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0xf2, 1));
    cr_expect_eq(fault_reason(), 0);
}

/* VT-d 9.11: the rest of the field is reserved in xAPIC mode. */
Test(vtd_xapic, D2_rest_of_ndst_is_reserved)
{
    memory_write(&m->memory, PID + 32, 8, 0x0001070000f20000ull);
    set_entry(3, posted(0x41), 0);
    request(msi_remappable_address(3), 0);
    cr_expect_eq(fault_reason(), 0x28);
    cr_expect_not(message_in_flight(m, 0xf2, 1));
}

Test(vtd_requests, D7_ndst_of_x2apic_mode_is_the_whole_field)
{
    memory_write(&m->memory, PID + 32, 8, (uint64_t)X2APIC_ID << 32 | 0xf20000);
    set_entry(3, posted(0x41), 0);
    request(msi_remappable_address(3), 0);
    cr_expect(message_in_flight(m, 0xf2, 1));
}

/* 5.2.6: SN = 1, URG = 1: the vector that NV holds by then. */
Test(vtd_requests, notification_uses_nv_and_ndst_of_the_update)
{
    memory_write(&m->memory, PID + 32, 8, (uint64_t)X2APIC_ID << 32 | 0xf20000);
    set_entry(3, posted(0x41), 0);
    add_device(msi_remappable_address(3), 0, 1);
    device_steps();
    memory_write(&m->memory, PID + 32, 8, 0xf10000); /* core 0, the wake-up vector */
    device_steps();
    cr_expect(message_in_flight(m, 0xf1, 0));
    cr_expect_not(message_in_flight(m, 0xf2, 1));
}

/* The address of a descriptor above 4 GiB ends in 127:96. */
Test(vtd_requests, descriptor_address_has_64_bits)
{
    struct table_entry e = {posted(0x41), 0x12ull << 32};
    struct vtd_outcome o = {0};
    vtd_judge_entry(&e, REQUESTER, true, &o);
    cr_expect_eq(o.form, VTD_POSTED);
    cr_expect_eq(o.descriptor, 0x1200000000ull + PID);
    cr_expect_eq(o.vector, 0x41);
}
