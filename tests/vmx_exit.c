/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM exits, and VM entries that fail (SDM vol. 3, 26, 27): rows of docs/model/vmx-events.md on a
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
    notify(0x31);
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VIRTUALIZED_EOI);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0x31);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_after_eoi));
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
    cr_expect_eq(v->contexts.count, 1, "the handler's context is remembered");
}

Test(vmx_exit, V19_interrupt_window_exit)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
    notified_at_entry(0x31);
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
    notify(0x31);
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

/* ---- Blocking in the host: SDM vol. 3, 26.1 and 30.3 ---- */

static bool zero_flag(void)
{
    return core_reg(&cpu->core[0], UC_X86_REG_EFLAGS) >> 6 & 1;
}

static void start_at(const uint8_t *label)
{
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 0, at(label));
    m->record = &step_record;
    m->core_ops->begin(m->cpu);
}

/* VMfailValid with error 26, "VM entry with events blocked by MOV SS"; behind the next instruction
 * the entry succeeds. */
Test(vmx_exit, entry_behind_mov_ss_fails)
{
    start_at(guest_test_mov_ss);
    for (unsigned i = 0; i < 100 && !v->field[VMCS_INSTRUCTION_ERROR] && !vmx_non_root(x, 0); i++)
        agent_step(m, 0);
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 26);
    cr_expect(zero_flag());
    cr_expect_eq(v->launch, VMCS_CLEAR);
    run();
    cr_expect(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(m->state->finding_count, 0);
}

/* It is checked before the launch state (error 5 for VMRESUME here) and before the controls. */
Test(vmx_exit, mov_ss_is_checked_first)
{
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    start_at(guest_test_resume_mov_ss);
    run();
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 26, "%s", trace);
    cr_expect_neq(m->state->finding[0].kind, FINDING_ENTRY, "the ud2 behind VMRESUME is found");
}

/* STI blocks interrupts and no VM entry. */
Test(vmx_exit, entry_behind_sti_succeeds)
{
    start_at(guest_test_sti);
    run();
    cr_expect(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 0);
}

/* Table 24-3: an exit in the shadow of STI saves bit 0, one behind MOV SS bit 1 although IF is 1. The
 * field has to hold IF = 1 for STI blocking (26.3.1.5). */
Test(vmx_exit, blocking_is_saved_as_what_it_is)
{
    for (unsigned bit = 0; bit < 2; bit++) {
        if (bit)
            set_up();
        v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
        v->field[VMCS_GUEST_RFLAGS] = 2 | 1 << 9;
        v->field[VMCS_GUEST_RIP] = at(guest_test_halted) - 1; /* hlt */
        v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1u << bit;
        start();
        run();
        cr_assert_not(vmx_non_root(x, 0), "%s", trace);
        cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_HLT);
        cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1u << bit);
    }
}
