/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM entry, posted-interrupt processing and virtual interrupts (SDM vol. 3, 26, 29): rows of
 * facts/intel.md 7.2 on a running core.
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
    post(0x31);
    interrupt_core(0xf2);
    run();
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

Test(vmx_guest, posted_processing_clears_on_before_it_reads_pir)
{
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_expect(before("PI: acknowledge 0xf2", "PI: ON = 0"), "%s", trace);
    cr_expect(before("PI: ON = 0", "EOI 0xf2"), "%s", trace);
    cr_expect(before("EOI 0xf2", "PI: PIR[0]"), "%s", trace);
    cr_expect(before("PI: PIR[3]", "PI: RVI = 0x31"), "%s", trace);
    cr_expect(before("PI: RVI = 0x31", "delivers virtual interrupt 0x31"), "%s", trace);
}

Test(vmx_guest, processing_is_flagged_from_acknowledgement_to_evaluation)
{
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    unsigned steps = 0, done = 0;
    cr_assert_not(vmx_processing(x, 0));
    agent_step(m, 0);
    while (vmx_processing(x, 0)) {
        struct footprint fp;
        agent_next(m, 0, &fp);
        done += fp.events & EVENT_PI_DONE ? 1 : 0;
        agent_step(m, 0);
        cr_assert_lt(++steps, 20u);
    }
    cr_assert_eq(done, 1);
    /* ON = 0, EOI, four words of PIR, one of VIRR, the last. */
    cr_assert_eq(steps, 8, "%u", steps);
}

Test(vmx_guest, V21_notification_pending_at_entry_comes_before_the_first_instruction)
{
    post(0x31);
    lapic_regs(l, 0)->irr[7] = 1u << (0xf2 & 31);
    start();
    run();
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
    memory_write(&m->memory, VAPIC + VAPIC_VIRR + vapic_word(0x61), 4, 1u << (0x61 & 31));
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    start();
    run();
    cr_assert_eq(handled(), 1, "%s", trace);
    cr_expect(before("interrupts on", "delivers virtual interrupt 0x61"), "%s", trace);
}

Test(vmx_guest, V4_higher_vector_first)
{
    memory_write(&m->memory, VAPIC + VAPIC_VIRR + vapic_word(0x61), 4, 1u << (0x61 & 31));
    v->field[VMCS_GUEST_INTR_STATUS] = 0x61;
    post(0x71);
    lapic_regs(l, 0)->irr[7] = 1u << (0xf2 & 31);
    start();
    run();
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
    post(0x31);
    interrupt_core(0xf2);
    run();
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
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_assert_eq(handled(), 0);
    lapic_eoi(l, 0);
    run();
    cr_assert_eq(handled(), 1);
}

Test(vmx_guest, V20_injection_comes_first)
{
    memory_write(&m->memory, VAPIC + VAPIC_VIRR + vapic_word(0x40), 4, 1u << (0x40 & 31));
    v->field[VMCS_GUEST_INTR_STATUS] = 0x40;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    start();
    run();
    cr_expect(before("injects vector 0x30", "delivers virtual interrupt 0x40"), "%s", trace);
}

Test(vmx_guest, drain_order_is_consulted_only_with_two_words)
{
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_expect_not(m->knobs.consulted & 1u << KNOB_PIR_DRAIN_ORDER);
    post(0x31);
    post(0x71);
    interrupt_core(0xf2);
    run();
    cr_expect(m->knobs.consulted & 1u << KNOB_PIR_DRAIN_ORDER);
    cr_expect_eq(handled(), 3);
}
