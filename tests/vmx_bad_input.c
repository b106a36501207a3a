/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hardware forbids: VMX instructions that fail (SDM vol. 3, 30.2 to 30.4), and faults. Each is
 * architectural, and can be seen in the timeline. VM entries that fail are in vmx_entry.c.
 */
#include "sim/check.h"
#include "tests/vmx_events_fixture.h"

/* Each begins with VMCS 21000h current and clear and VMX operation on, and ends with RFLAGS in RBX. The fence
 * is a step, in whose text the timeline says what follows. */
__asm__(".pushsection .rodata\n"
        "bad_begin:\n"
        "bad_end_here:\n  pushfq\n  pop %rbx\n  cli\n  hlt\n"
        "bad_vmread:\n  vmclear bad_vmcs(%rip)\n  mov $0x4402, %eax\n  vmread %rax, %rcx\n  jmp bad_end_here\n"
        "bad_vmwrite:\n  vmclear bad_vmcs(%rip)\n  mov $0x4016, %eax\n  vmwrite %rax, %rax\n"
        "  jmp bad_end_here\n"
        "bad_vmlaunch:\n  vmclear bad_vmcs(%rip)\n  vmlaunch\n  jmp bad_end_here\n"
        "bad_vmresume:\n  vmclear bad_vmcs(%rip)\n  vmresume\n  jmp bad_end_here\n"
        "bad_resume_clear:\n  vmresume\n  jmp bad_end_here\n"
        "bad_field:\n  mfence\n  mov $0x7000, %eax\n  vmread %rax, %rcx\n  jmp bad_end_here\n"
        "bad_read_only:\n  mfence\n  mov $0x4402, %eax\n  vmwrite %rax, %rax\n  jmp bad_end_here\n"
        "bad_vmclear:\n  vmclear bad_unaligned(%rip)\n  jmp bad_end_here\n"
        "bad_vmclear_beyond:\n  vmclear bad_beyond(%rip)\n  jmp bad_end_here\n"
        "bad_vmclear_vmxon:\n  vmclear bad_vmxon_region(%rip)\n  jmp bad_end_here\n"
        "bad_vmptrld:\n  vmptrld bad_unaligned(%rip)\n  jmp bad_end_here\n"
        "bad_vmptrld_vmxon:\n  vmptrld bad_vmxon_region(%rip)\n  jmp bad_end_here\n"
        "bad_vmptrld_revision:\n  vmptrld bad_no_revision(%rip)\n  jmp bad_end_here\n"
        "bad_vmxon:\n  vmxon bad_vmxon_region(%rip)\n  jmp bad_end_here\n"
        "bad_vmcall:\n  mfence\n  vmcall\n  jmp bad_end_here\n"
        "bad_vmptrst:\n  vmclear bad_vmcs(%rip)\n  vmptrst bad_stored(%rip)\n  jmp bad_end_here\n"
        "bad_outside:\n  vmxoff\n"
        "bad_outside_here:\n  vmread %rax, %rcx\n  jmp bad_end_here\n"
        "bad_not_enabled:\n  vmxoff\n  mov %cr4, %rax\n  and $~0x2000, %rax\n  mov %rax, %cr4\n"
        "bad_not_enabled_here:\n  vmxon bad_vmxon_region(%rip)\n  jmp bad_end_here\n"
        "bad_feature_control:\n  mfence\n  mov $0x3a, %ecx\n  mov $5, %eax\n  xor %edx, %edx\n"
        "bad_feature_control_here:\n  wrmsr\n  jmp bad_end_here\n"
        "bad_capability:\n  mfence\n  mov $0x481, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n"
        "bad_capability_here:\n  wrmsr\n  jmp bad_end_here\n"
        "bad_guest_eoi:\n  mov $0x80b, %ecx\n  mov $1, %eax\n  xor %edx, %edx\n"
        "bad_guest_eoi_here:\n  wrmsr\n  hlt\n"
        "bad_handler:\n  pop bad_error(%rip)\n  pop bad_rip(%rip)\n  cli\n  hlt\n"
        "bad_handler_plain:\n  pop bad_rip(%rip)\n  cli\n  hlt\n"
        "bad_vmcs: .quad 0x21000\n"
        "bad_unaligned: .quad 0x27001\n"
        "bad_beyond: .quad 1 << 46\n"
        "bad_vmxon_region: .quad 0x20000\n"
        "bad_no_revision: .quad 0x27000\n"
        "bad_stored: .quad 0\n"
        "bad_error: .quad 0\n"
        "bad_rip: .quad 0\n"
        "bad_end:\n"
        ".popsection\n");

extern const uint8_t bad_begin[], bad_end_here[], bad_vmread[], bad_vmwrite[], bad_vmlaunch[],
    bad_vmresume[], bad_resume_clear[], bad_field[], bad_read_only[], bad_vmclear[],
    bad_vmclear_beyond[], bad_vmclear_vmxon[], bad_vmptrld[], bad_vmptrld_vmxon[],
    bad_vmptrld_revision[], bad_vmxon[], bad_vmcall[], bad_vmptrst[], bad_outside[],
    bad_outside_here[], bad_not_enabled[], bad_not_enabled_here[], bad_feature_control[],
    bad_feature_control_here[], bad_capability[], bad_capability_here[], bad_guest_eoi[],
    bad_guest_eoi_here[], bad_handler[], bad_handler_plain[], bad_stored[], bad_error[], bad_rip[],
    bad_end[];

enum { BAD_CODE = 0x13000, CF = 1 << 0, ZF = 1 << 6 };

static uint64_t bad_place(const uint8_t *label)
{
    return WINDOW + BAD_CODE + (uint64_t)(label - bad_begin);
}

static uint64_t bad_word(const uint8_t *label)
{
    return memory_at(bad_place(label) - WINDOW, 8);
}

static void set_up_bad(void)
{
    set_up_events();
    memcpy(m->memory.ram + BAD_CODE, bad_begin, (size_t)(bad_end - bad_begin));
    cpu->core[0].state->idt_base = WINDOW + GUEST_IDT;
    cpu->core[0].state->idt_limit = 0xfff;
    set_gate(13, bad_place(bad_handler));
    set_gate(6, bad_place(bad_handler_plain));
}

TestSuite(vmx_bad_input, .init = set_up_bad);

static void run_from(const uint8_t *label)
{
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 0, bad_place(label));
    m->record = &step_record;
    trace[0] = 0;
    m->core_ops->begin(m->cpu);
    run();
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

static unsigned flags(void)
{
    return core_reg(&cpu->core[0], UC_X86_REG_RBX) & (CF | ZF);
}

/* 30.2: VMfailInvalid sets CF; there is no VMCS that could hold an error number. */
static void fails_invalid(const uint8_t *label)
{
    set_up_bad();
    run_from(label);
    cr_expect_eq(flags(), CF, "%s", trace);
    cr_expect_not_null(strstr(trace, "VMfailInvalid"), "%s", trace);
}

Test(vmx_bad_input, without_a_current_vmcs)
{
    fails_invalid(bad_vmread);
    fails_invalid(bad_vmwrite);
    fails_invalid(bad_vmlaunch);
    fails_invalid(bad_vmresume);
}

/* 30.3, VMPTRST: without a current VMCS all ones are stored. */
Test(vmx_bad_input, vmptrst_without_a_current_vmcs)
{
    run_from(bad_vmptrst);
    cr_expect_eq(flags(), 0);
    cr_expect_eq(bad_word(bad_stored), ~0ull);
}

/* VMfailValid sets ZF, and the VM-instruction error field holds the number of 30.4. */
static void fails_valid(const uint8_t *label, unsigned error)
{
    char text[32];
    set_up_bad();
    run_from(label);
    snprintf(text, sizeof text, "VMfailValid, error %u", error);
    cr_expect_eq(flags(), ZF, "error %u: %s", error, trace);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], error, "%s", trace);
    cr_expect_not_null(strstr(trace, text), "%s", trace);
}

Test(vmx_bad_input, numbers_of_vmx_instruction_errors)
{
    fails_valid(bad_vmcall, 1);
    fails_valid(bad_vmclear, 2);
    fails_valid(bad_vmclear_beyond, 2);
    fails_valid(bad_vmclear_vmxon, 3);
    fails_valid(bad_resume_clear, 5);
    fails_valid(bad_vmptrld, 9);
    fails_valid(bad_vmptrld_vmxon, 10);
    fails_valid(bad_vmptrld_revision, 11);
    fails_valid(bad_field, 12);
    fails_valid(bad_read_only, 13);
    fails_valid(bad_vmxon, 15);
}

/* 4: VMLAUNCH of a VMCS that has been launched. */
Test(vmx_bad_input, launching_twice)
{
    v->launch = VMCS_LAUNCHED;
    enter_from(events_launch);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 4, "%s", trace);
    cr_expect_not(vmx_non_root(x, 0));
}

/* ---- Faults ---- */

static void faults(const uint8_t *label, const uint8_t *where, unsigned vector)
{
    char text[32];
    set_up_bad();
    run_from(label);
    snprintf(text, sizeof text, "exception %u", vector);
    cr_expect_eq(bad_word(bad_rip), bad_place(where), "%s", trace);
    cr_expect_not_null(strstr(trace, text), "%s", trace);
}

/* 30.3: outside VMX operation VMX instructions are #UD, and VMXON without CR4.VMXE is. */
Test(vmx_bad_input, outside_vmx_operation)
{
    faults(bad_outside, bad_outside_here, 6);
    faults(bad_not_enabled, bad_not_enabled_here, 6);
}

/* 23.7: IA32_FEATURE_CONTROL is locked; the capability MSRs are read-only (appendix A). */
Test(vmx_bad_input, msrs_that_cannot_be_written)
{
    faults(bad_feature_control, bad_feature_control_here, 13);
    faults(bad_capability, bad_capability_here, 13);
}

/* 29.5: a guest's EOI under virtual-interrupt delivery has to be 0. The fault is the guest's. */
Test(vmx_bad_input, reserved_bits_of_a_virtualized_msr)
{
    v->field[VMCS_GUEST_RIP] = bad_place(bad_guest_eoi);
    enter();
    in_guest();
    cr_expect_eq(bad_word(bad_rip), bad_place(bad_guest_eoi_here), "%s", trace);
    cr_expect_eq(bad_word(bad_error), 0);
    cr_expect_not_null(strstr(trace, "exception 13"), "%s", trace);
}

/* A descriptor that is not aligned: error 7 in the timeline, with the rule; or, unless the scenario wants
 * that, a finding with it. */
Test(vmx_bad_input, a_descriptor_that_is_not_aligned)
{
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    enter_from(events_launch);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], 7);
    cr_expect_not_null(strstr(trace, "the posted-interrupt descriptor is 64-byte aligned"), "%s",
                       trace);
    cr_expect_not_null(strstr(trace, "VMfailValid, error 7"), "%s", trace);
    set_up_bad();
    x->failure_is_result = false;
    v->field[VMCS_POSTED_INTR_DESC] = PID + 8;
    enter_from(events_launch);
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, FINDING_ENTRY);
    cr_expect_str_eq(finding_title(&m->state->finding[0]), "failed VM entry", "what scenario.yaml expects");
    cr_expect_not_null(strstr(m->state->finding[0].message, "64-byte aligned"));
}
