/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM entry, notifications and virtual interrupts (SDM vol. 3, 26, 29): rows of docs/model/vmx-events.md on
 * a running core.
 */
#include "tests/vmx_fixture.h"

TestSuite(vmx_guest, .init = set_up);

Test(vmx_guest, enters_and_halts_in_the_guest)
{
    start();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
    cr_assert_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_assert_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
}

Test(vmx_guest, V14_notification_in_hlt_wakes_and_delivers)
{
    start();
    run();
    notify(0x31);
    cr_assert_eq(handled(), 1, "%s", trace);
    cr_expect(vmx_non_root(x, 0));
    cr_expect_eq(memory_at(PID, 8), 0);
    cr_expect_eq(memory_at(PID + PID_CONTROL, 8), 0);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VIRR + vapic_word(0x31), 4), 0);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VISR + vapic_word(0x31), 4), 0);
    cr_expect_eq(vmx_vid(x, 0)->svi, 0);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    physical_apic_is_quiet();
}

Test(vmx_guest, V21_notification_pending_at_entry_comes_before_the_first_instruction)
{
    notified_at_entry(0x31);
    cr_assert_eq(handled(), 1, "%s", trace);
    cr_expect(before("VM entry", "PI: acknowledge"), "%s", trace);
    cr_expect(before("PI: RVI", "interrupts on"), "%s", trace);
}

Test(vmx_guest, V3_virr_without_rvi_delivers_nothing)
{
    memory_write(&m->memory, VAPIC + VAPIC_VIRR + vapic_word(0x61), 4, 1u << (0x61 & 31));
    start();
    run();
    cr_assert_eq(handled(), 0);
    cr_assert(vmx_non_root(x, 0));
}

Test(vmx_guest, rvi_at_entry_is_delivered_once_if_is_1)
{
    pending_virtual(0x61);
    start();
    run();
    cr_assert_eq(handled(), 1, "%s", trace);
    cr_expect(before("interrupts on", "delivers virtual interrupt 0x61"), "%s", trace);
}

Test(vmx_guest, V4_higher_vector_first)
{
    pending_virtual(0x61);
    notified_at_entry(0x71);
    cr_assert_eq(handled(), 2, "%s", trace);
    cr_expect(before("delivers virtual interrupt 0x71", "delivers virtual interrupt 0x61"));
}

Test(vmx_guest, V12_bare_notification_is_absorbed)
{
    start();
    run();
    interrupt_core(0xf2);
    run();
    cr_expect(vmx_non_root(x, 0));
    cr_expect_eq(handled(), 0);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    physical_apic_is_quiet();
}

Test(vmx_guest, V14_notification_below_vppr_stays_halted)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x40);
    start();
    run();
    notify(0x31);
    cr_expect_eq(handled(), 0);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31);
    cr_expect_not(vmx_vid(x, 0)->recognized);
}

Test(vmx_guest, V18_notification_waits_for_the_hosts_eoi)
{
    start();
    run();
    bits256_set(lapic_regs(l, 0)->isr, 0xf5);
    notify(0x31);
    cr_assert_eq(handled(), 0);
    lapic_eoi(l, 0);
    run();
    cr_assert_eq(handled(), 1);
}

Test(vmx_guest, V20_injection_comes_first)
{
    pending_virtual(0x40);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    start();
    run();
    cr_expect(before("injects vector 0x30", "delivers virtual interrupt 0x40"), "%s", trace);
}

/* What is posted while the words are read depends on the order, so one word is enough. */
Test(vmx_guest, drain_order_is_consulted_by_every_drain)
{
    start();
    run();
    cr_expect_not(m->knobs.consulted & 1u << KNOB_PIR_DRAIN_ORDER);
    notify(0x31);
    cr_expect(m->knobs.consulted & 1u << KNOB_PIR_DRAIN_ORDER);
    post(0x31);
    notify(0x71);
    cr_expect_eq(handled(), 3);
}

/* ---- The store buffer (SDM vol. 3, 11.10: taking an interrupt drains it) ---- */

static uint64_t flag(void)
{
    return memory_at(at(guest_test_flag) - WINDOW, 4);
}

/* Enters the guest that stores, and goes on to where its store is in the buffer and nowhere else.
 * Only the flag and the descriptor are visible: no other access of the delivery can drain. */
static void start_with_a_buffered_store(void)
{
    v->field[VMCS_GUEST_RIP] = at(guest_test_storing);
    visible_reset(&m->visibility, NULL, 0);
    visible_add(&m->visibility, at(guest_test_flag) - WINDOW, 4);
    visible_add(&m->visibility, PID, 64);
    start();
    while (tso_empty(m, 0)) {
        cr_assert(agent_enabled(m, 0));
        agent_step(m, 0);
    }
    cr_assert_eq(flag(), 0);
    cr_assert_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
}

/* Lets the core go on for as long as it can without its store buffer, to the state `there`. */
static void run_lazily(bool (*there)(void))
{
    for (unsigned i = 0; i < 100 && !there(); i++)
        agent_step(m, agent_enabled(m, 0) ? 0 : agent_of_buffer(m, 0));
    cr_assert(there());
}

static bool in_guest_handler(void)
{
    return core_level(&cpu->core[0]) == LEVEL_GUEST_INTERRUPT;
}

static bool on_is_0(void)
{
    return !(memory_at(PID + PID_CONTROL, 1) & PID_ON);
}

Test(vmx_guest, virtual_delivery_drains_the_store_buffer)
{
    pending_virtual(0x61);
    start_with_a_buffered_store();
    run_lazily(in_guest_handler);
    cr_assert_eq(flag(), 1, "the handler runs while the store waits");
}

/* Step 3 is a locked access. */
Test(vmx_guest, posted_processing_drains_the_store_buffer)
{
    start_with_a_buffered_store();
    post(0x31);
    interrupt_core(0xf2);
    run_lazily(on_is_0);
    cr_assert_eq(flag(), 1, "ON is cleared while the store waits");
}
