/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command buffer of an AMD IOMMU, and its caches of table entries: "Commands", "COMPLETION_WAIT",
 * "INVALIDATE_DEVTAB_ENTRY", "INVALIDATE_INTERRUPT_TABLE", "ILLEGAL_COMMAND_ERROR Event".
 */
#include "tests/amdvi_fixture.h"

TestSuite(amdvi_commands, .init = set_up_long, .fini = tear_down);

/* What the device sends next. */
static unsigned vector_of_next(void)
{
    uint32_t before = sent();
    device_fires();
    cr_assert_eq(sent(), before + 1);
    return m->state->queue[m->cores + DEVICE].slot[before % m->slots].vector;
}

static void an_entry_is_cached_and_changed(void)
{
    set_remapped(3, 0x61, ID_OF_1);
    add_device(3, 3);
    cr_assert_eq(vector_of_next(), 0x61);
    set_remapped(3, 0x71, ID_OF_1);
}

/* ---- Caches ---- */

/* Without an invalidation the old entry may be used, for ever. */
Test(amdvi_commands, a_changed_entry_is_not_seen)
{
    an_entry_is_cached_and_changed();
    cr_expect_eq(vector_of_next(), 0x61);
}

Test(amdvi_commands, after_the_invalidation_only_the_new_one)
{
    an_entry_is_cached_and_changed();
    invalidate_interrupts(DEVICE_ID);
    wait_command(AMDVI_WAIT_STORES, 2);
    unit_runs();
    cr_assert_eq(memory_at(STATUS), 2);
    cr_expect_eq(vector_of_next(), 0x71);
}

/* INVALIDATE_INTERRUPT_TABLE is about one DeviceID. */
Test(amdvi_commands, invalidation_of_another_device)
{
    an_entry_is_cached_and_changed();
    invalidate_interrupts(DEVICE_ID + 1);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x61);
}

/* The device table entry is another cache: its invalidation leaves the remapping entries. */
Test(amdvi_commands, invalidation_of_the_device_table_entry)
{
    an_entry_is_cached_and_changed();
    invalidate_device(DEVICE_ID);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x61);
    set_dte(DTE_IV, 0);
    cr_expect_eq(vector_of_next(), 0x61, "that is cached, too");
}

Test(amdvi_commands, a_changed_device_table_entry)
{
    an_entry_is_cached_and_changed();
    set_dte(DTE_IV, 0);
    invalidate_device(DEVICE_ID);
    unit_runs();
    device_fires();
    cr_expect_eq(sent(), 1);
    cr_expect_eq(events(), 1, "IntCtl = 0");
}

Test(amdvi_commands, invalidation_of_everything)
{
    an_entry_is_cached_and_changed();
    command(8ull << 60, 0);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x71);
}

/* The two ends of what hardware may do; and no cache at all. */
Test(amdvi_commands, hardware_that_keeps_nothing)
{
    m->knobs.value[KNOB_IEC] = 1;
    an_entry_is_cached_and_changed();
    cr_expect_eq(vector_of_next(), 0x71);
}

Test(amdvi_commands, irt_cache_dis)
{
    control(AMDVI_IRT_CACHE_DIS, true);
    an_entry_is_cached_and_changed();
    cr_expect_eq(vector_of_next(), 0x71);
}

/* An entry with RemapEn = 0 may be cached as well. */
Test(amdvi_commands, a_blocking_entry_is_cached)
{
    set_entry(3, 0, 0);
    add_device(3, 3);
    device_fires();
    cr_assert_eq(events(), 1);
    set_remapped(3, 0x61, ID_OF_1);
    device_fires();
    cr_expect_eq(events(), 2);
    invalidate_interrupts(DEVICE_ID);
    unit_runs();
    cr_expect_eq(vector_of_next(), 0x61);
}

/* What was read before an invalidation is not kept behind it. */
Test(amdvi_commands, an_invalidation_between_the_reads)
{
    set_remapped(3, 0x61, ID_OF_1);
    add_device(3, 2);
    device_steps(); /* the device table entry */
    invalidate_interrupts(DEVICE_ID);
    unit_runs();
    cr_assert_eq(vector_of_next(), 0x61);
    set_remapped(3, 0x71, ID_OF_1);
    cr_expect_eq(vector_of_next(), 0x71);
}

/* ---- The buffer ---- */

/* The head says what will be fetched next, not what is complete. */
Test(amdvi_commands, head_moves_before_the_command_is_executed)
{
    wait_command(AMDVI_WAIT_STORES, 2);
    agent_step(m, agent_of_device(m, UNIT));
    cr_expect_eq(read_register(AMDVI_COMMAND_HEAD, 8), 16);
    cr_expect_eq(memory_at(STATUS), 0);
    agent_step(m, agent_of_device(m, UNIT));
    cr_expect_eq(memory_at(STATUS), 2);
}

Test(amdvi_commands, head_wraps)
{
    write_register(AMDVI_COMMAND_HEAD, 8, 0xff0);
    write_register(AMDVI_COMMAND_TAIL, 8, 0);
    memory_write(&m->memory, BUFFER + 0xff0, 8, 1ull << 60 | STATUS | AMDVI_WAIT_STORES);
    memory_write(&m->memory, BUFFER + 0xff8, 8, 5);
    unit_runs();
    cr_expect_eq(read_register(AMDVI_COMMAND_HEAD, 8), 0);
    cr_expect_eq(memory_at(STATUS), 5);
}

/* 64 bits of data, to an address of 8-byte granularity. */
Test(amdvi_commands, completion_wait_stores)
{
    command(1ull << 60 | (STATUS + 8) | AMDVI_WAIT_STORES, 0x1122334455667788);
    unit_runs();
    cr_expect_eq(memory_at(STATUS + 8), 0x1122334455667788);
    cr_expect_eq(memory_at(STATUS), 0);
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_WAIT_INT);
}

static unsigned unit_sent(void)
{
    return m->state->queue[m->cores + UNIT].sent;
}

/* i: ComWaitInt; an interrupt if ComWaitIntEn, when the bit goes from 0 to 1. */
Test(amdvi_commands, completion_wait_interrupts)
{
    write_register(AMDVI_MSI_ADDRESS, 4, 0xfee00000 | ID_OF_1 << 12);
    write_register(AMDVI_MSI_DATA, 4, EVENT_VECTOR);
    write_register(AMDVI_MSI_HEADER, 4, 1 << 16);
    wait_command(AMDVI_WAIT_INTERRUPTS, 2);
    unit_runs();
    cr_expect_eq(memory_at(STATUS), 0, "s = 0");
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_WAIT_INT);
    cr_expect_eq(unit_sent(), 0, "ComWaitIntEn = 0");
    write_register(AMDVI_STATUS, 8, AMDVI_WAIT_INT);
    control(AMDVI_WAIT_INT_EN, true);
    wait_command(AMDVI_WAIT_INTERRUPTS | AMDVI_WAIT_STORES, 2);
    wait_command(AMDVI_WAIT_INTERRUPTS, 0);
    unit_runs();
    cr_expect_eq(memory_at(STATUS), 2);
    cr_expect_eq(unit_sent(), 1);
    cr_expect(message_in_flight(m, EVENT_VECTOR, 1));
}

/* ---- A wait and requests under way ---- */

/* The knob iec-wait-drains: a request that used the old entry keeps the wait from being complete. */
static bool wait_completes_while_a_request_is_under_way(void)
{
    an_entry_is_cached_and_changed();
    device_steps();
    device_steps(); /* looked up: the old entry */
    invalidate_interrupts(DEVICE_ID);
    wait_command(AMDVI_WAIT_STORES, 2);
    unit_runs();
    bool complete = memory_at(STATUS);
    device_steps();
    unit_runs();
    cr_assert_eq(memory_at(STATUS), 2);
    return complete;
}

Test(amdvi_commands, a_wait_drains)
{
    cr_expect_not(wait_completes_while_a_request_is_under_way());
}

Test(amdvi_commands, a_wait_need_not_drain)
{
    m->knobs.value[KNOB_IEC_WAIT_DRAINS] = 1;
    cr_expect(wait_completes_while_a_request_is_under_way());
}

Test(amdvi_commands, a_wait_does_not_wait_for_later_requests)
{
    an_entry_is_cached_and_changed();
    invalidate_interrupts(DEVICE_ID);
    unit_runs();
    device_steps();
    wait_command(AMDVI_WAIT_STORES, 2);
    unit_runs();
    cr_expect_eq(memory_at(STATUS), 2);
}

/* ---- What is no command ---- */

static void stops_with(unsigned code, uint64_t address)
{
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
    cr_assert_eq(events(), 1);
    cr_expect_eq(memory_at(EVENTS), (uint64_t)code << 60);
    cr_expect_eq(memory_at(EVENTS + 8), address);
}

/* Opcodes that there are none, that need features which EFR does not have (PREFETCH, PPR; IOTLBs of devices),
 * and reserved bits of the others. */
Test(amdvi_commands, illegal_commands)
{
    static const uint64_t bad[][2] = {
        {0, 0}, {4ull << 60, 0}, {6ull << 60, 0}, {7ull << 60, 0}, {9ull << 60, 0}, {15ull << 60, 0},
        {1ull << 60 | 1ull << 52, 0}, {1ull << 60 | 1ull << 59, 0},
        {2ull << 60 | 1 << 16, 0}, {2ull << 60 | 1ull << 59, 0}, {2ull << 60, 1},
        {5ull << 60 | 1ull << 31, 0}, {5ull << 60 | 1ull << 32, 0}, {5ull << 60, 1ull << 63},
        {8ull << 60 | 1, 0}, {8ull << 60, 1},
    };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        command(bad[i][0], bad[i][1]);
        wait_command(AMDVI_WAIT_STORES, 2);
        unit_runs();
        stops_with(5, BUFFER);
        cr_expect_eq(memory_at(STATUS), 0, "case %u", i);
        cr_expect_eq(read_register(AMDVI_COMMAND_HEAD, 8), 16);
        tear_down();
        set_up_long();
    }
}

/* It goes on behind the command, once CmdBufEn has been taken away and given back. */
Test(amdvi_commands, the_buffer_is_started_again)
{
    command(0, 0);
    wait_command(AMDVI_WAIT_STORES, 2);
    unit_runs();
    stops_with(5, BUFFER);
    control(AMDVI_COMMAND_EN, false);
    cr_expect_eq(memory_at(STATUS), 0);
    control(AMDVI_COMMAND_EN, true);
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
    cr_expect_eq(memory_at(STATUS), 2);
}

/* "Wait until CmdBufRun=0b ... so that all commands complete processing": one that has been fetched is executed. */
Test(amdvi_commands, the_buffer_stops_behind_its_command)
{
    wait_command(AMDVI_WAIT_STORES, 2);
    wait_command(AMDVI_WAIT_STORES, 3);
    agent_step(m, agent_of_device(m, UNIT));
    write_register(AMDVI_CONTROL, 8, read_register(AMDVI_CONTROL, 8) & ~AMDVI_COMMAND_EN);
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
    unit_runs();
    cr_expect_eq(memory_at(STATUS), 2);
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
}

Test(amdvi_commands, a_buffer_outside_memory)
{
    write_register(AMDVI_COMMAND_BUFFER, 8, 0x100000 | LENGTH_8);
    write_register(AMDVI_COMMAND_TAIL, 8, 16);
    unit_runs();
    stops_with(6, 0x100000);
}

Test(amdvi_commands, a_store_outside_memory)
{
    command(1ull << 60 | 0x100000 | AMDVI_WAIT_STORES, 2);
    unit_runs();
    stops_with(6, 0x100000);
}

/* A base that is written sets head and tail to 0. */
Test(amdvi_commands, a_new_base_begins_at_0)
{
    wait_command(AMDVI_WAIT_STORES, 2);
    unit_runs();
    write_register(AMDVI_COMMAND_BUFFER, 8, BUFFER | LENGTH_8);
    cr_expect_eq(read_register(AMDVI_COMMAND_HEAD, 8), 0);
    cr_expect_eq(read_register(AMDVI_COMMAND_TAIL, 8), 0);
}

/* What is enabled runs when the status register says so. */
Test(amdvi_commands, running_takes_time)
{
    control(AMDVI_COMMAND_EN, false);
    write_register(AMDVI_CONTROL, 8, read_register(AMDVI_CONTROL, 8) | AMDVI_COMMAND_EN);
    cr_expect_not(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
    unit_runs();
    cr_expect(read_register(AMDVI_STATUS, 8) & AMDVI_COMMAND_RUN);
}
