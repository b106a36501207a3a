/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM exits, and VM entries that fail (SDM vol. 3, 26, 27): rows of facts/intel.md 7.2 on a
 * running core.
 */
#include "tests/vmx_fixture.h"

TestSuite(vmx_exit, .init = set_up);

Test(vmx_exit, V17_other_vector_exits_acknowledged)
{
    start();
    run();
    interrupt_core(0xfd);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_EXTERNAL_INTERRUPT);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x800000fd);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_halted));
    cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], ACTIVITY_HLT);
    cr_expect_eq(v->field[VMCS_GUEST_RFLAGS] & 0x200, 0x200);
    cr_expect(lapic_isr(l, 0, 0xfd));
    cr_expect_eq(cpu->core[0].state->interrupt_flag, 0);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
}

Test(vmx_exit, exit_without_acknowledge_leaves_the_interrupt_pending)
{
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_EXIT_CONTROLS] &= ~(uint64_t)EXIT_ACKNOWLEDGE;
    start();
    run();
    interrupt_core(0xfd);
    run();
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0);
    cr_expect(lapic_irr(l, 0, 0xfd));
    cr_expect_not(lapic_isr(l, 0, 0xfd));
}

Test(vmx_exit, V5_virtualized_eoi_exit)
{
    v->field[VMCS_EOI_EXIT0] = 1ull << 0x31;
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VIRTUALIZED_EOI);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0x31);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_after_eoi));
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
    cr_expect_eq(v->guest_levels, 1, "the handler's context is remembered");
}

Test(vmx_exit, V19_interrupt_window_exit)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
    post(0x31);
    lapic_regs(l, 0)->irr[7] = 1u << (0xf2 & 31);
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_INTERRUPT_WINDOW);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x31);
    cr_expect_eq(handled(), 0);
}

Test(vmx_exit, hlt_exiting)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_HLT);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH], 1);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_halted) - 1);
}

Test(vmx_exit, msr_bitmap_exit)
{
    memory_write(&m->memory, BITMAP + 0x901, 1, 1 << 3);
    start();
    run();
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_WRMSR);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_after_eoi) - 2);
}

Test(vmx_exit, failed_check_is_a_finding)
{
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    start();
    run();
    cr_assert_eq(m->state->finding_count, 1);
    cr_assert_eq(m->state->finding[0].kind, FINDING_ENTRY);
    cr_assert_not_null(strstr(m->state->finding[0].message, "64-byte aligned"));
    cr_assert_not(vmx_non_root(x, 0));
}

Test(vmx_exit, failed_check_is_error_7_if_the_scenario_wants_it)
{
    x->failure_is_result = true;
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    start();
    run();
    cr_assert_eq(v->field[VMCS_INSTRUCTION_ERROR], VM_ERROR_CONTROLS);
    cr_assert_eq(m->state->finding[0].kind, FINDING_BUG, "the ud2 behind VMLAUNCH");
    cr_assert_eq(v->launch, VMCS_CLEAR);
}
