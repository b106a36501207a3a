/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posted-interrupt processing on a core, the rules beside the order of its steps (SDM vol. 3, 29.6;
 * 29.2.1 for evaluation; table 6-2 for priorities).
 */
#include "tests/vmx_fixture.h"

/* Copied behind the code of the fixture. */
__asm__(".pushsection .rodata\n"
        "rules_begin:\n"
        "rules_host:\n" /* a host with interrupts on */
        "  sti\n"
        "1: hlt\n  jmp 1b\n"
        "rules_masked:\n" /* a guest that has interrupts off for a while */
        "  mov rules_buffer(%rip), %eax\n"
        "  mov rules_buffer(%rip), %eax\n"
        "  sti\n"
        "  mov rules_buffer(%rip), %eax\n"
        "rules_behind:\n"
        "  mov rules_buffer(%rip), %eax\n"
        "2: hlt\n  jmp 2b\n"
        "rules_halted_masked:\n"
        "  hlt\n"
        "  ud2\n"
        "rules_string:\n" /* a guest inside a string instruction */
        "  sti\n"
        "  lea rules_buffer(%rip), %rdi\n  mov $4, %ecx\n  mov $0x5a, %eax\n"
        "rules_rep:\n"
        "  rep stosb\n"
        "3: hlt\n  jmp 3b\n"
        "rules_buffer: .quad 0\n"
        "rules_end:\n"
        ".popsection\n");
extern const uint8_t rules_begin[], rules_host[], rules_masked[], rules_behind[],
    rules_halted_masked[], rules_string[], rules_rep[], rules_buffer[], rules_end[];

enum { RULES_CODE = 0x12000 };

static uint64_t rules_at(const uint8_t *label)
{
    return WINDOW + RULES_CODE + (uint64_t)(label - rules_begin);
}

static void set_up_rules(void)
{
    set_up();
    memcpy(m->memory.ram + RULES_CODE, rules_begin, (size_t)(rules_end - rules_begin));
}

TestSuite(vmx_posted_rules, .init = set_up_rules);

static void start_guest(const uint8_t *label)
{
    v->field[VMCS_GUEST_RIP] = rules_at(label);
    start();
}

static unsigned virr(unsigned vector)
{
    return memory_at(VAPIC + VAPIC_VIRR + vapic_word(vector), 4) >> (vector & 31) & 1;
}

static unsigned pir(unsigned vector)
{
    return memory_at(PID + 8 * (vector / 64), 8) >> vector % 64 & 1;
}

/* ---- What the processor looks at ---- */

/* The comparison is with the field of the VMCS: NV of the descriptor belongs to those who post. */
Test(vmx_posted_rules, nv_of_the_descriptor_does_not_matter)
{
    start();
    run();
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x55ull << 16);
    notify(0x31);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(vmx_non_root(x, 0));
}

Test(vmx_posted_rules, the_vector_of_the_descriptor_exits)
{
    start();
    run();
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0x55ull << 16);
    post(0x31);
    interrupt_core(0x55);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000055);
    cr_expect_eq(pir(0x31), 1);
}

/* 26.2.1.1 asks for alignment and range alone. */
Test(vmx_posted_rules, a_descriptor_at_address_0)
{
    start();
    v->field[VMCS_POSTED_INTR_DESC] = 0;
    run();
    memory_write(&m->memory, 0x31 / 64 * 8, 8, 1ull << 0x31 % 64);
    interrupt_core(0xf2);
    run();
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_eq(memory_at(0x31 / 64 * 8, 8), 0);
}

/* SN and NDST do not keep the receiver from anything, and stay. */
Test(vmx_posted_rules, sn_and_ndst_do_not_matter)
{
    const uint64_t software = 7ull << 32 | PID_SN;
    start();
    run();
    memory_write(&m->memory, PID + PID_CONTROL, 8, software);
    notify(0x31);
    cr_expect_eq(handled(), 1);
    cr_expect_eq(memory_at(PID + PID_CONTROL, 8), software);
}

/* ON is cleared, never asked. */
Test(vmx_posted_rules, without_on_pir_is_drained)
{
    start();
    run();
    post(0x31);
    memory_write(&m->memory, PID + PID_CONTROL, 8, 0);
    interrupt_core(0xf2);
    run();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* Step 6 with an empty PIR: RVI stays, and VIRR with it. */
Test(vmx_posted_rules, V12_bare_notification_changes_nothing)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0xf0);
    pending_virtual(0x61);
    start();
    run();
    interrupt_core(0xf2);
    run();
    cr_expect(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x61);
    cr_expect_eq(virr(0x61), 1);
    cr_expect_eq(handled(), 0);
    physical_apic_is_quiet();
}

/* Two notifications before the first is taken are one bit of the physical IRR. */
Test(vmx_posted_rules, notifications_merge)
{
    start();
    run();
    post(0x31);
    post(0x52);
    interrupt_core(0xf2);
    interrupt_core(0xf2);
    run();
    cr_expect_eq(handled(), 2);
    physical_apic_is_quiet();
    char *first = strstr(trace, "PI: acknowledge");
    cr_assert_not_null(first);
    cr_expect_null(strstr(first + 1, "PI: acknowledge"), "processed once");
}

/* ---- When ---- */

/* IF = 0 does not keep the processor from it; delivery waits for the boundary behind the instruction
 * that follows STI, and needs no new evaluation. */
Test(vmx_posted_rules, V13_processed_with_interrupts_off)
{
    visible_add(&m->visibility, rules_at(rules_buffer) - WINDOW, 8); /* its loads are boundaries */
    start_guest(rules_masked);
    while (!vmx_non_root(x, 0))
        agent_step(m, 0);
    post(0x31);
    interrupt_core(0xf2);
    while (vmx_non_root(x, 0) && !lapic_isr(l, 0, 0xf2))
        agent_step(m, 0);
    while (vmx_processing(x, 0))
        agent_step(m, 0);
    cr_expect_eq(cpu->core[0].state->interrupt_flag, 0);
    cr_expect_eq(virr(0x31), 1);
    cr_expect_eq(pir(0x31), 0);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31);
    cr_expect(vmx_vid(x, 0)->recognized);
    cr_expect_eq(handled(), 0);
    run();
    cr_expect_eq(handled(), 1);
    cr_expect_eq(memory_at(GUEST_STACK - 40, 8), rules_at(rules_behind),
                 "returns behind the shadow of STI");
}

/* Processed in HLT, and back to HLT: it does not wake without delivery. */
Test(vmx_posted_rules, V14_halted_with_interrupts_off_stays_halted)
{
    start_guest(rules_halted_masked);
    run();
    notify(0x31);
    cr_expect(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(virr(0x31), 1);
    cr_expect(vmx_vid(x, 0)->recognized);
    cr_expect_eq(handled(), 0);
    cr_expect_eq(m->state->finding_count, 0, "the ud2 behind HLT is not reached");
}

/* In VMX root operation the vector is one of the host's own: its handler runs, the descriptor stays. */
Test(vmx_posted_rules, V16_in_root_operation_the_host_takes_it)
{
    cpu->core[0].state->idt_base = WINDOW + GUEST_IDT;
    cpu->core[0].state->idt_limit = 0xfff;
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 0, rules_at(rules_host));
    m->record = &step_record;
    m->core_ops->begin(m->cpu);
    run();
    cr_assert_not(vmx_non_root(x, 0));
    notify(0x31);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_eq(pir(0x31), 1);
    cr_expect_eq(memory_at(PID + PID_CONTROL, 8), PID_ON);
    cr_expect_eq(virr(0x31), 0);
    physical_apic_is_quiet();
}

/* The physical APIC decides when: a task priority of its own class holds the vector back (10.8.3.1). */
Test(vmx_posted_rules, the_hosts_task_priority_holds_it_back)
{
    start();
    run();
    lapic_regs(l, 0)->tpr = 0xf0;
    notify(0x31);
    cr_expect_eq(handled(), 0);
    cr_expect(lapic_irr(l, 0, 0xf2));
    cr_expect_eq(pir(0x31), 1);
    lapic_regs(l, 0)->tpr = 0xe0;
    run();
    cr_expect_eq(handled(), 1);
}

/* 29.2.1: all steps, but nothing is recognised; the exit comes when IF = 1. */
Test(vmx_posted_rules, V19_window_exiting_suppresses_recognition)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
    start_guest(rules_halted_masked);
    run();
    notify(0x31);
    cr_expect(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(virr(0x31), 1);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31);
    cr_expect_not(vmx_vid(x, 0)->recognized);
}

/* ---- String instructions ---- */

/* Between two iterations: RIP stays on the instruction, RCX and RDI say how far it has come. (What
 * is pushed should have RF = 1, SDM vol. 3, 17.3.1.1: the model leaves that out.) */
Test(vmx_posted_rules, between_iterations_of_a_string_instruction)
{
    uint64_t buffer = rules_at(rules_buffer) - WINDOW;
    m->model = MEMORY_SC;
    visible_add(&m->visibility, buffer, 8);
    start_guest(rules_string);
    while (memory_at(buffer, 8) != 0x5a5a)
        agent_step(m, 0);
    notify(0x31);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_eq(memory_at(buffer, 8), 0x5a5a5a5a, "and it goes on where it was");
    cr_expect_eq(memory_at(GUEST_STACK - 40, 8), rules_at(rules_rep));
}
