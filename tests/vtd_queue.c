/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invalidation queue and the entry cache of a VT-d unit (VT-d specification, 6.5.2), and commands. */
#include "tests/vtd_fixture.h"

TestSuite(vtd_queue, .init = set_up, .fini = tear_down);

static void queue_wait(void)
{
    queue_descriptor(WAIT | WAIT_WRITES | 2ull << 32, STATUS);
}

/* ... and what the device sends next. */
static unsigned vector_of_next(void)
{
    uint32_t sent = m->state->queue[m->cores + DEVICE].sent;
    device_fires();
    cr_assert_eq(m->state->queue[m->cores + DEVICE].sent, sent + 1);
    return m->state->queue[m->cores + DEVICE].slot[sent % m->slots].vector;
}

static void two_entries_are_cached(void)
{
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    add_device(msi_remappable_address(3), 0, 3);
    cr_assert_eq(vector_of_next(), 0x61);
    set_entry(3, remapped(0x71, X2APIC_ID), 0);
}

/* D4: without an invalidation the old entry may be used, for ever. */
Test(vtd_queue, D4_a_changed_entry_is_not_seen)
{
    two_entries_are_cached();
    cr_expect_eq(vector_of_next(), 0x61);
}

Test(vtd_queue, D4_after_the_invalidation_only_the_new_one)
{
    two_entries_are_cached();
    queue_descriptor(iec_descriptor(3, 0), 0);
    queue_wait();
    unit_runs();
    cr_assert_eq(memory_read(&m->memory, STATUS, 4), 2);
    cr_expect_eq(vector_of_next(), 0x71);
}

/* The other end of what hardware may do. */
Test(vtd_queue, D4_hardware_that_keeps_nothing)
{
    m->knobs.value[KNOB_IEC] = 1;
    two_entries_are_cached();
    cr_expect_eq(vector_of_next(), 0x71);
}

Test(vtd_queue, invalidation_of_another_entry)
{
    two_entries_are_cached();
    queue_descriptor(iec_descriptor(2, 0), 0);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x61);
}

/* IM = 1: two entries, of which the index names one (6.5.2.8). */
Test(vtd_queue, invalidation_with_a_mask)
{
    two_entries_are_cached();
    queue_descriptor(iec_descriptor(2, 1), 0);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x71);
}

Test(vtd_queue, global_invalidation)
{
    two_entries_are_cached();
    queue_descriptor(IEC_GLOBAL, 0);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x71);
}

/* CAP.CM = 0: an entry that is not present is not cached. */
Test(vtd_queue, an_absent_entry_is_not_cached)
{
    add_device(msi_remappable_address(3), 0, 2);
    device_fires();
    cr_assert_eq(fault_reason(), 0x22);
    set_entry(3, remapped(0x61, X2APIC_ID), 0);
    cr_expect_eq(vector_of_next(), 0x61);
}

/* 6.5.2: IQH is what will be fetched next, not what is complete. */
Test(vtd_queue, head_moves_before_the_descriptor_is_executed)
{
    queue_wait();
    agent_step(m, agent_of_device(m, UNIT));
    cr_expect_eq(read_register(VTD_IQH, 8), 16);
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 0);
    agent_step(m, agent_of_device(m, UNIT));
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 2);
}

Test(vtd_queue, head_wraps)
{
    for (unsigned i = 0; i < 4096 / 16 - 1; i++)
        queue_descriptor(WAIT, 0);
    unit_runs();
    write_register(VTD_IQT, 8, 0);
    memory_write(&m->memory, QUEUE + 4096 - 16, 8, WAIT | WAIT_WRITES | 2ull << 32);
    memory_write(&m->memory, QUEUE + 4096 - 8, 8, STATUS);
    unit_runs();
    cr_expect_eq(read_register(VTD_IQH, 8), 0);
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 2);
}

/* 6.5.2.11: the queue stands still at the descriptor until software clears IQE. */
Test(vtd_queue, an_unknown_descriptor_is_an_error)
{
    queue_descriptor(7, 0);
    queue_wait();
    unit_runs();
    cr_expect_eq(read_register(VTD_FSTS, 4), VTD_FSTS_IQE);
    cr_expect_eq(read_register(VTD_IQH, 8), 0);
    memory_write(&m->memory, QUEUE, 8, IEC_GLOBAL);
    write_register(VTD_FSTS, 4, VTD_FSTS_IQE);
    unit_runs();
    cr_expect_eq(read_register(VTD_FSTS, 4), 0);
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 2);
}

/* A base beyond memory, up to the last bytes that an address can name: nothing is read there. */
Test(vtd_queue, a_queue_beyond_memory_is_an_error)
{
    struct footprint fp;
    for (unsigned i = 0; i < 255; i++) {
        queue_descriptor(IEC_GLOBAL, 0);
        unit_runs();
    }
    cr_assert_eq(read_register(VTD_IQH, 8), 0xff0);
    write_register(VTD_IQA, 8, 0xfffffffffffff000); /* IQT becomes 0, IQH stays */
    footprint_clear(&fp);
    agent_next(m, agent_of_device(m, UNIT), &fp);
    for (unsigned i = 0; i < fp.count; i++)
        cr_expect_eq(resource_kind(fp.access[i].resource), RES_DEVICE);
    unit_runs();
    cr_expect_eq(read_register(VTD_FSTS, 4), VTD_FSTS_IQE);
}

/* The knob iec-wait-drains: a request that used the old entry keeps the wait from being complete. */
static bool wait_completes_while_a_request_is_under_way(void)
{
    two_entries_are_cached();
    device_steps(); /* looked up: the old entry */
    queue_descriptor(iec_descriptor(3, 0), 0);
    queue_wait();
    unit_runs();
    bool complete = memory_read(&m->memory, STATUS, 4);
    device_steps();
    unit_runs();
    cr_assert_eq(memory_read(&m->memory, STATUS, 4), 2);
    return complete;
}

Test(vtd_queue, a_wait_drains)
{
    cr_expect_not(wait_completes_while_a_request_is_under_way());
}

Test(vtd_queue, a_wait_need_not_drain)
{
    m->knobs.value[KNOB_IEC_WAIT_DRAINS] = 1;
    cr_expect(wait_completes_while_a_request_is_under_way());
}

/* One that was looked up after the invalidation has the new entry: nobody waits for it. */
Test(vtd_queue, a_wait_does_not_wait_for_later_requests)
{
    two_entries_are_cached();
    queue_descriptor(iec_descriptor(3, 0), 0);
    unit_runs();
    device_steps();
    queue_wait();
    unit_runs();
    cr_expect_eq(memory_read(&m->memory, STATUS, 4), 2);
}

/* ---- Commands ---- */

/* 11.4.4.1: GSTS shows when a command is complete. */
Test(vtd_queue, a_command_takes_time)
{
    write_register(VTD_GCMD, 4, VTD_QIE | VTD_IRE | VTD_CFI);
    cr_expect_not(read_register(VTD_GSTS, 4) & VTD_CFI);
    unit_runs();
    cr_expect(read_register(VTD_GSTS, 4) & VTD_CFI);
}

static void is_a_bug(void)
{
    cr_expect_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_BUG);
}

Test(vtd_queue, one_command_at_a_time)
{
    write_register(VTD_GCMD, 4, VTD_CFI);
    is_a_bug();
    cr_expect(read_register(VTD_GSTS, 4) & VTD_QIE, "it would have gone off with it");
}

Test(vtd_queue, the_next_command_waits_for_the_one_before)
{
    write_register(VTD_GCMD, 4, VTD_QIE | VTD_IRE | VTD_CFI);
    write_register(VTD_GCMD, 4, VTD_QIE);
    is_a_bug();
}

Test(vtd_queue, registers_have_their_sizes)
{
    read_register(VTD_GSTS, 8);
    is_a_bug();
}

Test(vtd_queue, an_unknown_register_is_a_limit)
{
    read_register(0x64, 4);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}

/* Halves of a 64-bit register. */
Test(vtd_queue, wide_registers_by_halves)
{
    write_register(VTD_IRTA, 4, 0x12345803);
    write_register(VTD_IRTA + 4, 4, 0x9a);
    cr_expect_eq(read_register(VTD_IRTA, 8), 0x9a12345803ull);
    cr_expect_eq(read_register(VTD_IRTA + 4, 4), 0x9a);
}

/* What software looks for before it uses any of this (11.4.2, 11.4.3). */
Test(vtd_queue, capabilities)
{
    cr_expect(read_register(VTD_CAP, 8) >> 59 & 1, "posting");
    cr_expect_eq(read_register(VTD_CAP, 8) >> 24 & 0x3ff, 0x200 / 16, "where the records are");
    cr_expect_eq(read_register(VTD_ECAP, 8) & 0x1a, 0x1a, "QI, IR, EIM");
}
