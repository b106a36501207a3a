/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The APIC-access page (SDM vol. 3, 29.4; table 27-6): which accesses are virtualized, which leave the
 * guest, and what follows a virtualized write. Rows V7, V8, V10 and V11 of facts/intel.md 7.2.
 */
#include "cpu/mmio.h"
#include "tests/vmx_fixture.h"
#include "vmx/apic_access.h"
#include "vmx/posted.h"

/* Guests. RDI is the page, R9 a value; each ends with VMCALL. */
__asm__(".pushsection .rodata\n"
        "page_begin:\n"
        "page_write_icr:\n"
        "  mov %r9d, 0x300(%rdi)\n"
        "page_written_icr:\n"
        "  vmcall\n"
        "page_write_icr_high:\n"
        "  mov %r9d, 0x310(%rdi)\n  vmcall\n"
        "page_write_tpr:\n"
        "  mov %r9d, 0x80(%rdi)\n"
        "page_written_tpr:\n"
        "  vmcall\n"
        "page_write_tpr_byte:\n"
        "  movb %r9b, 0x81(%rdi)\n"
        "page_written_tpr_byte:\n"
        "  vmcall\n"
        "page_write_eoi:\n"
        "  mov %r9d, 0xb0(%rdi)\n"
        "page_written_eoi:\n"
        "  vmcall\n"
        "page_write_lvt:\n"
        "  mov %r9d, 0x350(%rdi)\n"
        "page_written_lvt:\n"
        "  vmcall\n"
        "page_read_count:\n"
        "  mov 0x390(%rdi), %eax\n"
        "page_read_counted:\n"
        "  vmcall\n"
        "page_read_long:\n"
        "  mov 0x80(%rdi), %rax\n  vmcall\n"
        "page_read_beside:\n"
        "  mov 0x84(%rdi), %eax\n  vmcall\n"
        "page_read_across:\n"
        "  movw 0x83(%rdi), %ax\n  vmcall\n"
        "page_write_beside:\n"
        "  mov %r9d, 0x84(%rdi)\n  vmcall\n"
        "page_fetch:\n"
        "  jmp *%rdi\n"
        "page_or:\n"
        "  orl $0x41, 0x80(%rdi)\n  vmcall\n"
        "page_or_version:\n"
        "  orl $1, 0x30(%rdi)\n  vmcall\n"
        "page_xchg:\n"
        "  xchg %r9d, 0x80(%rdi)\n  vmcall\n"
        "page_table_register:\n"
        "  sgdt 0x350(%rdi)\n  vmcall\n"
        "page_environment:\n"
        "  fnstenv 0x310(%rdi)\n  vmcall\n"
        "page_repeat:\n"
        "  lea 0x310(%rdi), %rdi\n  mov $2, %ecx\n  mov $0x11223344, %eax\n"
        "page_store_string:\n"
        "  rep stosl\n  vmcall\n"
        "page_self_ipi_open:\n" /* with interrupts on */
        "  sti\n  nop\n"
        "  mov %r9d, 0x300(%rdi)\n"
        "page_self_ipi_opened:\n"
        "  nop\n  vmcall\n"
        /* Every slot: RBX counts. The host notes the reason of an exit beside the slot and goes on. */
        "page_scan:\n"
        "  xor %ebx, %ebx\n"
        "1: mov (%rdi,%rbx), %eax\n"
        "  add $16, %ebx\n  cmp $0x1000, %ebx\n  jb 1b\n  vmcall\n"
        "page_scan_writes:\n"
        "  xor %ebx, %ebx\n"
        "1: mov %r9d, (%rdi,%rbx)\n" /* four bytes long, the load above is three */
        "  add $16, %ebx\n  cmp $0x1000, %ebx\n  jb 1b\n  vmcall\n"
        "page_host:\n"
        "  mov $0x4402, %edx\n  vmread %rdx, %rax\n"
        "  cmp $18, %eax\n  je 9f\n" /* VMCALL */
        "  lea page_table(%rip), %r10\n  mov %ebx, %edx\n  shr $4, %edx\n"
        "  mov %al, (%r10,%rdx)\n"
        "  cmp $44, %eax\n  jne 2f\n" /* fault-like: over the instruction */
        "  mov $0x681e, %edx\n  vmread %rdx, %rax\n"
        "  mov $0x440c, %edx\n  vmread %rdx, %rcx\n"
        "  add %rcx, %rax\n  mov $0x681e, %edx\n  vmwrite %rax, %rdx\n"
        "2: vmresume\n"
        "9: hlt\n"
        "page_table: .fill 256, 1, 0\n"
        "page_end:\n"
        ".popsection\n");
extern const uint8_t page_begin[], page_write_icr[], page_written_icr[], page_write_icr_high[],
    page_write_tpr[], page_written_tpr[], page_write_tpr_byte[], page_written_tpr_byte[],
    page_write_eoi[], page_written_eoi[], page_write_lvt[], page_written_lvt[],
    page_read_count[], page_read_counted[], page_read_long[], page_read_beside[],
    page_read_across[], page_write_beside[], page_fetch[], page_or[], page_or_version[],
    page_xchg[], page_table_register[], page_environment[], page_repeat[], page_store_string[],
    page_self_ipi_open[], page_self_ipi_opened[], page_scan[], page_scan_writes[], page_host[],
    page_table[], page_end[];

enum {
    ACCESS_PAGE = 0x26000,
    WRITES = 1 << 12, /* types in the qualification */
    FETCHES = 2 << 12,
    SELF = 1 << 18, /* shorthand */
    BLOCKED_BY_MOV_SS = 1 << 1,
    ALL_VIRT = SEC_APIC_ACCESSES | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT,
};

static void set_up_page(void)
{
    set_up();
    own_code(page_begin, page_end);
    v->field[VMCS_SECONDARY_CONTROLS] = ALL_VIRT;
    v->field[VMCS_APIC_ACCESS] = ACCESS_PAGE;
    /* What nobody may find there. */
    for (unsigned i = 0; i < 4096; i += 8)
        memory_write(&m->memory, ACCESS_PAGE + i, 8, 0x5555555555555555);
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, WINDOW + ACCESS_PAGE);
}

TestSuite(vmx_apic_access, .init = set_up_page);

static void controls(uint32_t secondary)
{
    v->field[VMCS_SECONDARY_CONTROLS] = secondary;
    if (!(secondary & SEC_VIRTUAL_INTERRUPT))
        v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
}

static uint32_t on_page(unsigned offset)
{
    return (uint32_t)memory_at(VAPIC + offset, 4);
}

static uint64_t guest_register(int reg)
{
    return core_reg(&cpu->core[0], reg);
}

static void run_from(const uint8_t *label, uint32_t value)
{
    v->field[VMCS_GUEST_RIP] = own(label);
    core_set_reg(&cpu->core[0], UC_X86_REG_R9, value);
    start();
    run();
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
    for (unsigned i = 0; i < 4096; i += 8)
        cr_assert_eq(memory_at(ACCESS_PAGE + i, 8), 0x5555555555555555,
                     "the page itself is left alone");
}

static void exited(unsigned reason, uint64_t qualification, const uint8_t *rip)
{
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], reason, "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], qualification);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], own(rip));
}

/* ---- V7: the threshold at VM entry, 26.6.7 ---- */

/* With interrupts off; VTPR[7:4] = 3 is below 4, before the first instruction. */
Test(vmx_apic_access, V7_threshold_at_entry_exits_at_once)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x3f);
    run_from(page_write_lvt, 0);
    exited(EXIT_TPR_THRESHOLD, 0, page_write_lvt);
}

Test(vmx_apic_access, V7_no_exit_at_the_threshold)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x40);
    run_from(page_write_tpr, 0x40);
    exited(EXIT_VMCALL, 0, page_written_tpr);
}

/* Check row 3: without virtualized accesses the entry itself fails. */
Test(vmx_apic_access, V7_without_virtualized_accesses_entry_fails)
{
    x->failure_is_result = true;
    controls(0);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    v->field[VMCS_GUEST_RIP] = own(page_write_lvt);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x3f);
    start();
    run();
    cr_assert_eq(v->launch, VMCS_CLEAR);
    cr_expect_eq(v->field[VMCS_INSTRUCTION_ERROR], VM_ERROR_CONTROLS);
}

/* It follows the injection: the guest is at its handler, IF is 0, the frame is on the stack. */
Test(vmx_apic_access, V7_injection_comes_before_the_threshold)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    run_from(page_write_lvt, 0);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_TPR_THRESHOLD, "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_isr));
    cr_expect_eq(v->field[VMCS_GUEST_RSP], WINDOW + GUEST_STACK - 40);
}

/* It wakes a guest that is entered halted, is not blocked by MOV SS, and comes before what is pending. */
Test(vmx_apic_access, V7_the_threshold_comes_before_all_else)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_HLT;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    bits256_set(lapic_regs(l, 0)->irr, 0xfd);
    run_from(page_write_lvt, 0);
    exited(EXIT_TPR_THRESHOLD, 0, page_write_lvt);
    set_up_page();
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = BLOCKED_BY_MOV_SS;
    run_from(page_write_lvt, 0);
    exited(EXIT_TPR_THRESHOLD, 0, page_write_lvt);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], BLOCKED_BY_MOV_SS);
}

/* ---- V8: the ICR ---- */

Test(vmx_apic_access, V8_self_ipi_is_virtual)
{
    run_from(page_write_icr, SELF | 0x20);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(on_page(0x300), SELF | 0x20);
    cr_expect_eq(on_page(VAPIC_VIRR + vapic_word(0x20)), 1);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x20);
    physical_apic_is_quiet();
}

Test(vmx_apic_access, V8_illegal_vector_exits)
{
    run_from(page_write_icr, SELF | 0x0f);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
    cr_expect_eq(on_page(0x300), SELF | 0x0f);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

Test(vmx_apic_access, V8_other_delivery_exits)
{
    run_from(page_write_icr, SELF | 0x420); /* NMI */
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

/* 29.4.3.2: the shape counts only under virtual-interrupt delivery. */
Test(vmx_apic_access, V8_without_virtual_interrupt_delivery_exits)
{
    controls(SEC_APIC_ACCESSES | SEC_REGISTER_VIRT);
    run_from(page_write_icr, SELF | 0x20);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
}

/* With IF = 1 the interrupt is delivered behind the write. */
Test(vmx_apic_access, self_ipi_is_delivered_at_once)
{
    run_from(page_self_ipi_open, SELF | 0x41);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("virtual self-IPI", "delivers virtual interrupt 0x41"));
}

/* ---- IPI virtualization by way of the page (30.1.6, 30.4.3.2 of editions since 2022) ---- */

enum { TABLE = 0x29000, OTHER_PID = 0x2b000, LAST = 3 };

/* A table whose entry 3 is valid; VICR_HI names the target. */
static void enable_ipiv(uint32_t secondary, uint32_t target)
{
    v->field[VMCS_SECONDARY_CONTROLS] = secondary;
    v->field[VMCS_PROC_CONTROLS] |= PROC_TERTIARY;
    v->field[VMCS_TERTIARY_CONTROLS] = TER_IPI_VIRTUALIZATION;
    v->field[VMCS_PID_POINTER_TABLE] = TABLE;
    v->field[VMCS_LAST_PID_INDEX] = LAST;
    memory_write(&m->memory, TABLE + 8 * LAST, 8, OTHER_PID | 1);
    memory_write(&m->memory, OTHER_PID + PID_CONTROL, 8, 0xf2 << 16 | 1ull << 32); /* NV, NDST */
    memory_write(&m->memory, VAPIC + VAPIC_VICR_HI, 4, target << 24);
}

Test(vmx_apic_access, icr_write_posts)
{
    enable_ipiv(ALL_VIRT, LAST);
    run_from(page_write_icr, 0x41);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(memory_at(OTHER_PID + 8, 8), 1 << 1);
    cr_expect(memory_at(OTHER_PID + PID_CONTROL, 1) & PID_ON);
}

/* The target is VICR_HI[31:24], and beyond the table. */
Test(vmx_apic_access, icr_write_beyond_the_table_exits)
{
    enable_ipiv(ALL_VIRT, LAST + 1);
    run_from(page_write_icr, 0x41);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
}

/* A self-IPI stays one. */
Test(vmx_apic_access, self_ipi_is_no_post)
{
    enable_ipiv(ALL_VIRT, LAST);
    run_from(page_write_icr, SELF | 0x41);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(memory_at(OTHER_PID + 8, 8), 0);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x41);
}

/* Unverified: without APIC-register virtualization 310h is virtualized or exits. */
Test(vmx_apic_access, icr_high_by_the_knob)
{
    for (unsigned value = 0; value < 2; value++) {
        set_up_page();
        m->knobs.value[KNOB_IPIV_ICR_PAGE] = (uint8_t)value;
        enable_ipiv(SEC_APIC_ACCESSES | SEC_VIRTUAL_INTERRUPT, 0);
        run_from(page_write_icr_high, LAST << 24 | 5);
        cr_expect_eq(v->field[VMCS_EXIT_REASON], value ? EXIT_APIC_ACCESS : EXIT_VMCALL);
        cr_expect_eq(on_page(VAPIC_VICR_HI), value ? 0 : LAST << 24);
        cr_expect(m->knobs.consulted & 1u << KNOB_IPIV_ICR_PAGE);
    }
}

/* ---- V10, V11 and the other accesses that leave ---- */

Test(vmx_apic_access, V10_current_count_exits)
{
    run_from(page_read_count, 0);
    exited(EXIT_APIC_ACCESS, 0x390, page_read_count);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH],
                 (uint64_t)(page_read_counted - page_read_count));
}

Test(vmx_apic_access, V11_64_bits_exit)
{
    run_from(page_read_long, 0);
    exited(EXIT_APIC_ACCESS, 0x80, page_read_long);
}

Test(vmx_apic_access, V11_beside_a_register_exits)
{
    run_from(page_read_beside, 0);
    exited(EXIT_APIC_ACCESS, 0x84, page_read_beside);
    set_up_page();
    run_from(page_read_across, 0);
    exited(EXIT_APIC_ACCESS, 0x83, page_read_across);
    set_up_page();
    run_from(page_write_beside, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x84, page_write_beside);
}

Test(vmx_apic_access, V11_a_fetch_exits)
{
    v->field[VMCS_GUEST_RIP] = own(page_fetch);
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_APIC_ACCESS);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], FETCHES);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], WINDOW + ACCESS_PAGE);
}

/* Type 3, and the event is in the IDT-vectoring information: first the gate is read, then the frame is pushed
 * from 400h down, eight bytes each. */
Test(vmx_apic_access, V11_event_delivery_exits)
{
    for (unsigned stack = 0; stack < 2; stack++) {
        set_up_page();
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
        if (stack)
            v->field[VMCS_GUEST_RSP] = WINDOW + ACCESS_PAGE + 0x400;
        else
            v->field[VMCS_GUEST_IDTR_BASE] = WINDOW + ACCESS_PAGE;
        run_from(page_write_lvt, 0);
        exited(EXIT_APIC_ACCESS, 3 << 12 | (stack ? 0x3f8 : 0x300), page_write_lvt);
        cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000030);
        cr_expect_eq(v->guest_levels, 0, "the guest is in no handler");
    }
}

/* 29.4.2: without TPR shadow every access exits. */
Test(vmx_apic_access, without_tpr_shadow_all_exit)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TPR_SHADOW;
    run_from(page_write_tpr, 0x40);
    exited(EXIT_APIC_ACCESS, WRITES | 0x80, page_write_tpr);
}

/* The host finds the page as memory. */
Test(vmx_apic_access, nothing_is_virtualized_in_the_host)
{
    v->field[VMCS_HOST_RIP] = own(page_read_count);
    v->field[VMCS_GUEST_RIP] = own(page_written_icr); /* vmcall */
    start();
    run();
    cr_expect_eq(guest_register(UC_X86_REG_RAX), 0x55555555);
}

/* ---- What follows a write, 29.4.3.2 ---- */

/* Bytes 3:1 of VTPR are cleared, then PPR is virtualized. */
Test(vmx_apic_access, tpr_write)
{
    run_from(page_write_tpr, 0x12345647);
    exited(EXIT_VMCALL, 0, page_written_tpr);
    cr_expect_eq(on_page(0x80), 0x47);
    cr_expect_eq(on_page(VAPIC_VPPR), 0x47);
}

/* V2 by way of the page. */
Test(vmx_apic_access, tpr_write_lets_an_interrupt_through)
{
    pending_virtual(0x51);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x50);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    run_from(page_write_tpr, 0x40);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("VTPR keeps 0xff", "delivers virtual interrupt 0x51"), "%s", trace);
}

Test(vmx_apic_access, tpr_write_below_the_threshold_exits)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x50);
    run_from(page_write_tpr, 0x12345630);
    exited(EXIT_TPR_THRESHOLD, 0, page_written_tpr);
    cr_expect_eq(on_page(0x80), 0x30);
}

/* "Any other page offset": a byte within VTPR is written and left to the hypervisor. */
Test(vmx_apic_access, a_byte_beside_the_start_of_a_register)
{
    run_from(page_write_tpr_byte, 0x77);
    exited(EXIT_APIC_WRITE, 0x81, page_written_tpr_byte);
    cr_expect_eq(on_page(0x80), 0x7700);
    set_up_page();
    controls(SEC_APIC_ACCESSES | SEC_VIRTUAL_INTERRUPT); /* only 080h itself is virtualized */
    run_from(page_write_tpr_byte, 0x77);
    exited(EXIT_APIC_ACCESS, WRITES | 0x81, page_write_tpr_byte);
}

/* VEOI is cleared; 61h has been in service. */
Test(vmx_apic_access, eoi_write)
{
    memory_write(&m->memory, VAPIC + VAPIC_VISR + vapic_word(0x61), 4, 1u << 1);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6100;
    run_from(page_write_eoi, 0xffff);
    exited(EXIT_VMCALL, 0, page_written_eoi);
    cr_expect_eq(on_page(0xb0), 0);
    cr_expect_eq(on_page(VAPIC_VISR + vapic_word(0x61)), 0);
    cr_expect_eq(on_page(VAPIC_VPPR), 0);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

Test(vmx_apic_access, eoi_write_exits_by_the_bitmap)
{
    memory_write(&m->memory, VAPIC + VAPIC_VISR + vapic_word(0x61), 4, 1u << 1);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6100;
    v->field[VMCS_EOI_EXIT0 + 1] = 1ull << (0x61 - 64);
    run_from(page_write_eoi, 0);
    exited(EXIT_VIRTUALIZED_EOI, 0x61, page_written_eoi);
}

Test(vmx_apic_access, eoi_write_without_virtual_interrupt_delivery_exits)
{
    controls(SEC_APIC_ACCESSES | SEC_REGISTER_VIRT);
    run_from(page_write_eoi, 0xffff);
    exited(EXIT_APIC_WRITE, 0xb0, page_written_eoi);
    cr_expect_eq(on_page(0xb0), 0xffff);
}

/* Bytes 2:0 of VICR_HI are cleared, and nothing else happens. */
Test(vmx_apic_access, icr_high_write)
{
    run_from(page_write_icr_high, 0x12345678);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL);
    cr_expect_eq(on_page(0x310), 0x12000000);
}

Test(vmx_apic_access, other_registers_exit_behind_the_write)
{
    run_from(page_write_lvt, 0x10700);
    exited(EXIT_APIC_WRITE, 0x350, page_written_lvt);
    cr_expect_eq(on_page(0x350), 0x10700);
}

/* 29.4.3.2: above SMI, INIT and all that is lower. An external interrupt arrives behind the write. */
Test(vmx_apic_access, emulation_comes_before_any_event)
{
    v->field[VMCS_GUEST_RIP] = own(page_write_lvt);
    start();
    while (!strstr(trace, "APIC access: write")) {
        cr_assert(agent_enabled(m, 0));
        agent_step(m, 0);
        strncat(trace, step_record.text, sizeof trace - strlen(trace) - 1);
    }
    interrupt_core(0xfd);
    run();
    exited(EXIT_APIC_WRITE, 0x350, page_written_lvt);
    cr_expect(lapic_irr(l, 0, 0xfd));
}

/* ---- Operations with more than one access ---- */

Test(vmx_apic_access, read_modify_write)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_or, 0);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(on_page(0x80), 0x61);
    cr_expect_eq(on_page(VAPIC_VPPR), 0x61);
    set_up_page();
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_xchg, 0x30);
    cr_expect_eq(on_page(0x80), 0x30);
    cr_expect_eq(guest_register(UC_X86_REG_R9), 0x20);
}

/* 030h is read and never written: the write leaves. */
Test(vmx_apic_access, read_modify_write_of_a_read_only_register)
{
    run_from(page_or_version, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x30, page_or_version);
}

/* SGDT stores two bytes at 350h, eight at 352h: the first are virtualized, the others leave, and what would
 * have followed the instruction (an APIC-write exit) is lost. */
Test(vmx_apic_access, an_exit_ends_the_operation)
{
    run_from(page_table_register, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x352, page_table_register);
}

/* FNSTENV stores seven words; left at the second, it cannot be taken back. */
Test(vmx_apic_access, what_cannot_be_cancelled_is_refused)
{
    v->field[VMCS_GUEST_RIP] = own(page_environment);
    start();
    run();
    cr_assert_eq(m->state->finding_count, 1, "%s", trace);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
    cr_expect_not_null(strstr(m->state->finding[0].message, "left between its accesses"));
}

/* An iteration of a string instruction is an operation of its own. */
Test(vmx_apic_access, iterations_of_a_string_instruction)
{
    run_from(page_repeat, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x314, page_store_string);
    cr_expect_eq(on_page(0x310), 0x11000000, "the first has been completed");
    cr_expect_eq(guest_register(UC_X86_REG_RCX), 1);
    cr_expect_eq(guest_register(UC_X86_REG_RDI), WINDOW + ACCESS_PAGE + 0x314);
}

/* ---- The page at an address outside RAM ---- */

static uint64_t never_read(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    (void)owner, (void)c, (void)physical, (void)size;
    cr_assert_fail("the device is read");
    return 0;
}

static void never_write(void *owner, struct core *c, uint64_t physical, unsigned size,
                        uint64_t value)
{
    (void)value;
    never_read(owner, c, physical, size);
}

Test(vmx_apic_access, the_page_may_lie_at_device_registers)
{
    static const struct mmio_ops device = {
        .first = 0xfed00000, .last = 0xfed00fff, .read = never_read, .write = never_write};
    cpu_add_mmio(cpu, &device, NULL);
    v->field[VMCS_APIC_ACCESS] = 0xfed00000;
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, 0xfed00000);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_or, 0);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(on_page(0x80), 0x61);
}

/* ---- Every register, on a running core ---- */

enum { RUNS = 20000 };

static bool listed(const uint16_t *list, unsigned offset)
{
    while (*list && *list != offset)
        list++;
    return *list;
}

/* The lists of 29.4.2 and 29.4.3.1, as they are printed. */
static const uint16_t reads[] = {
    0x020, 0x030, 0x080, 0x0b0, 0x0d0, 0x0e0, 0x0f0, 0x100, 0x110, 0x120, 0x130, 0x140, 0x150,
    0x160, 0x170, 0x180, 0x190, 0x1a0, 0x1b0, 0x1c0, 0x1d0, 0x1e0, 0x1f0, 0x200, 0x210, 0x220,
    0x230, 0x240, 0x250, 0x260, 0x270, 0x280, 0x300, 0x310, 0x320, 0x330, 0x340, 0x350, 0x360,
    0x370, 0x380, 0x3e0, 0};
static const uint16_t writes[] = {0x020, 0x080, 0x0b0, 0x0d0, 0x0e0, 0x0f0, 0x280, 0x300, 0x310,
                                  0x320, 0x330, 0x340, 0x350, 0x360, 0x370, 0x380, 0x3e0, 0};
static const uint16_t three[] = {0x080, 0x0b0, 0x300, 0}, one[] = {0x080, 0};

static const uint16_t *virtualized(uint32_t secondary, bool write)
{
    if (secondary & SEC_REGISTER_VIRT)
        return write ? writes : reads;
    return secondary & SEC_VIRTUAL_INTERRUPT ? three : one;
}

/* The reason of the exit that a write of 0 behind the instruction leads to; 0: none. */
static unsigned reason_behind(uint32_t secondary, unsigned offset)
{
    if (offset == 0x080 || offset == 0x310)
        return 0;
    return offset == 0x0b0 && (secondary & SEC_VIRTUAL_INTERRUPT) ? 0 : EXIT_APIC_WRITE;
}

static void scan(uint32_t secondary, bool write)
{
    set_up_page();
    controls(SEC_APIC_ACCESSES | secondary);
    v->field[VMCS_HOST_RIP] = own(page_host);
    v->field[VMCS_GUEST_RIP] = own(write ? page_scan_writes : page_scan);
    core_set_reg(&cpu->core[0], UC_X86_REG_R9, 0);
    start();
    run_for(RUNS);
    cr_assert_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL);
    for (unsigned offset = 0; offset < 4096; offset += 16) {
        bool known = listed(virtualized(secondary, write), offset);
        unsigned reason = !known ? EXIT_APIC_ACCESS : write ? reason_behind(secondary, offset) : 0;
        cr_expect_eq(memory_at(own(page_table) - WINDOW + offset / 16, 1), reason,
                     "controls %#x, %s %#x", secondary, write ? "write" : "read", offset);
    }
}

Test(vmx_apic_access, V10_every_register)
{
    for (unsigned i = 0; i < 8; i++)
        scan((i & 1 ? SEC_REGISTER_VIRT : 0) | (i & 2 ? SEC_VIRTUAL_INTERRUPT : 0), i & 4);
}
