/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an AMD IOMMU does with an interrupt request that is not a guest's: device table entries, remapping
 * entries of 32 and 128 bits. Values of entries follow the formats of the specification as Linux
 * (amd_iommu_types.h), Xen and FreeBSD (amd_reg.h) give them, not the code.
 */
#include "tests/amdvi_fixture.h"

TestSuite(amdvi_requests, .init = set_up_long, .fini = tear_down);
TestSuite(amdvi_short, .init = set_up_short, .fini = tear_down);
TestSuite(amdvi_xt, .init = set_up_xt, .fini = tear_down);

/* "Interrupt Remapping Tables": MSI data 10:0 are the index; vector, type and destination are the entry's. */
Test(amdvi_requests, a_remapped_entry_sends_what_it_says)
{
    set_remapped(3, 0x61, ID_OF_1);
    request(3);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_eq(sent(), 1);
    cr_expect_eq(events(), 0);
}

Test(amdvi_requests, index_is_in_data_10_0)
{
    cr_expect_eq(amdvi_index(0xfffffdab), 0x5ab);
    set_remapped(15, 0x71, ID_OF_1);
    request(0x4000 | 15); /* the level bit of an MSI means nothing */
    cr_expect(message_in_flight(m, 0x71, 1));
}

/* 32-bit entries, GAEn = 0: destination 15:8, vector 23:16. */
Test(amdvi_short, an_entry_of_32_bits)
{
    memory_write(&m->memory, TABLE + 4 * 3, 4, 1 | ID_OF_1 << 8 | 0x61 << 16);
    request(3);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_eq(sent(), 1);
}

/* XTEn: destination 23:0 in 31:8, 31:24 in 127:120. */
Test(amdvi_xt, destination_has_32_bits)
{
    set_remapped(3, 0x61, XT_ID_OF_1);
    request(3);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_eq(sent(), 1);
}

/* Without it the upper bits are reserved. */
Test(amdvi_requests, destination_has_8_bits_without_xt)
{
    set_remapped(3, 0x61, 0x100 | ID_OF_1);
    request(3);
    cr_expect_eq(sent(), 0);
    event_is(2, AMDVI_EVENT_I | AMDVI_EVENT_PR | AMDVI_EVENT_RZ, 0xfee00000);
}

/* FFh is everybody, also where APICs have longer ids. */
Test(amdvi_requests, broadcast)
{
    for (unsigned i = 0; i < 2; i++)
        lapic_regs(l, i)->base |= APIC_BASE_EXTD;
    set_remapped(3, 0x61, 0xff);
    request(3);
    cr_expect(message_in_flight(m, 0x61, 0) && message_in_flight(m, 0x61, 1));
}

/* DM: by the logical id (x2APIC: cluster 31:16, a bit a member; SDM 10.12.10.2). */
Test(amdvi_xt, logical_destinations)
{
    set_remapped(3, 0x61, (uint32_t)(XT_ID_OF_1 >> 4 & 0xffff) << 16 | 1 << (XT_ID_OF_1 & 15));
    memory_write(&m->memory, TABLE + 16 * 3, 1, 1 | 1 << 6);
    request(3);
    cr_expect(message_in_flight(m, 0x61, 1));
    cr_expect_not(message_in_flight(m, 0x61, 0));
}

/* IntType 4:2 = 1: arbitrated, one of those that match (100b would be an NMI). RqEOI: level. */
Test(amdvi_requests, int_type_and_rqeoi)
{
    struct table_entry e = {1 | 1 << 2 | 1 << 5 | ID_OF_1 << 8, 0x61};
    struct amdvi_outcome o = amdvi_judge_entry(&e, (struct amdvi_mode){.ga = true});
    cr_expect_eq(o.form, AMDVI_REMAPPED);
    cr_expect_eq(o.delivery, APIC_LOWEST);
    cr_expect(o.level);
    e.low = 1 | 4 << 2 | ID_OF_1 << 8;
    o = amdvi_judge_entry(&e, (struct amdvi_mode){.ga = true});
    cr_expect_eq(o.delivery, APIC_NMI);
    cr_expect_not(o.level);
}

/* ---- The device table entry ---- */

static struct amdvi_outcome judged(uint64_t dte, uint32_t data)
{
    struct table_entry e = {dte, 0};
    return amdvi_judge_device(&e, data, false, false, false);
}

/* IntCtl: 0 aborts, 1 forwards unmapped, 2 remaps, 3 is reserved. */
Test(amdvi_requests, int_ctl)
{
    uint64_t dte = DTE_IV | 4 << 1 | TABLE;
    cr_expect_eq(judged(dte, 3).form, AMDVI_BLOCKED);
    cr_expect_eq(judged(dte, 3).event, AMDVI_IO_PAGE_FAULT);
    cr_expect_eq(judged(dte | 1ull << 60, 3).form, AMDVI_UNMAPPED);
    cr_expect_eq(judged(dte | 2ull << 60, 3).form, AMDVI_REMAPPED);
    cr_expect_eq(judged(dte | 3ull << 60, 3).event, AMDVI_ILLEGAL_DEV_TABLE_ENTRY);
}

Test(amdvi_requests, forwarded_unmapped_as_the_device_sent_it)
{
    set_dte(DTE_IV | 4 << 1 | TABLE | 1ull << 60, 0);
    add_device(0x4061, 1);
    msi_device_free(d);
    struct msi_interrupt script = {.request = {0xfee00000 | ID_OF_1 << 12, 0x4061, DEVICE_ID}};
    d = msi_device_new(m, l, amdvi_remapper(v), DEVICE, &script, 1);
    device_fires();
    cr_expect(message_in_flight(m, 0x61, 1));
}

/* IntTabLen: 2^n entries, n up to 11. */
Test(amdvi_requests, int_tab_len)
{
    uint64_t dte = DTE_IV | TABLE | 2ull << 60;
    cr_expect_eq(judged(dte | 4 << 1, 15).form, AMDVI_REMAPPED);
    cr_expect_eq(judged(dte | 4 << 1, 16).form, AMDVI_BLOCKED);
    cr_expect_eq(judged(dte | 4 << 1, 16).event, AMDVI_IO_PAGE_FAULT);
    cr_expect_eq(judged(dte | 0 << 1, 1).form, AMDVI_BLOCKED, "one entry");
    cr_expect_eq(judged(dte | 12 << 1, 3).event, AMDVI_ILLEGAL_DEV_TABLE_ENTRY);
}

/* Fixed and arbitrated interrupts (data 10:8) have entries; the others pass if a bit of their own says so. */
Test(amdvi_requests, other_kinds_pass_by_their_bits)
{
    uint64_t dte = DTE_IV | 11 << 1 | TABLE | 2ull << 60;
    static const struct {
        unsigned kind;
        uint64_t bit;
    } kinds[] = {{4, 1ull << 58}, {5, 1ull << 56}, {7, 1ull << 57}}; /* NMI, INIT, ExtINT */
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_eq(judged(dte, kinds[i].kind << 8).form, AMDVI_BLOCKED, "kind %u", kinds[i].kind);
        cr_expect_eq(judged(dte | kinds[i].bit, kinds[i].kind << 8).form, AMDVI_UNMAPPED);
    }
    cr_expect_eq(judged(dte, 2 << 8).form, AMDVI_UNMAPPED, "SMI");
    cr_expect_eq(judged(dte, 1 << 8).form, AMDVI_REMAPPED, "arbitrated: entries from 256 on");
}

/* NumIntRemapMode = 1: 2048 entries, all of data 10:0 is index. */
Test(amdvi_requests, with_2048_entries_there_are_no_other_kinds)
{
    struct table_entry e = {DTE_IV | 11 << 1 | TABLE | 2ull << 60, 0};
    cr_expect_eq(amdvi_judge_device(&e, 0x7ff, true, false, false).form, AMDVI_REMAPPED);
    cr_expect_eq(amdvi_judge_device(&e, 0x7ff, false, false, false).form, AMDVI_BLOCKED);
}

/* A device whose entry says nothing: IV = 0. */
Test(amdvi_requests, iv_0_forwards)
{
    set_dte(0, 0);
    request(0x61); /* to id 0 */
    cr_expect(message_in_flight(m, 0x61, 0));
    cr_expect_eq(events(), 0);
}

Test(amdvi_requests, iv_0_may_abort)
{
    m->knobs.value[KNOB_DTE_IV_0] = 1;
    set_dte(0, 0);
    request(0x61);
    cr_expect_eq(sent(), 0);
    event_is(1, AMDVI_EVENT_I, 0xfee00000);
}

/* IommuEn = 0: nothing is remapped. */
Test(amdvi_requests, a_unit_that_is_off_lets_everything_pass)
{
    control(AMDVI_IOMMU_EN, false);
    request(0x61);
    cr_expect(message_in_flight(m, 0x61, 0));
}

/* A unit asks what software looks for before it uses any of this: EFR.GASup, GAMSup = 1, XTSup. */
Test(amdvi_requests, capabilities)
{
    cr_expect(read_register(AMDVI_EFR, 8) >> 7 & 1);
    cr_expect(read_register(AMDVI_EFR, 8) >> 2 & 1);
    cr_expect_eq(read_register(AMDVI_EFR, 8) >> 21 & 7, 1);
    cr_expect(read_register(AMDVI_EFR2, 8) >> 4 & 1, "GAPPIDisSup");
}
