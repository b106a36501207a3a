/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control registers of a guest: CR8 under the TPR shadow, the TPR threshold, exits by the controls
 * (SDM vol. 3, 25.1.3, 25.3, 26.6.7, 29.1.2, 29.3, table 27-3). Rows V2, V6, V7 of docs/model/vmx-access.md.
 */
#include "tests/vmx_fixture.h"

/* Guests; each ends with VMCALL or HLT. */
__asm__(".pushsection .rodata\n"
        "cr_begin:\n"
        "cr_write:\n" /* RAX to CR8 */
        "  mov %rax, %cr8\n"
        "cr_written:\n"
        "  vmcall\n"
        "cr_open_then_write:\n" /* takes interrupts before it */
        "  sti\n  nop\n  nop\n"
        "  mov %rax, %cr8\n"
        "  hlt\n"
        "cr_write_then_read:\n"
        "  mov %rax, %cr8\n"
        "  mov $-1, %rdx\n"
        "  mov %cr8, %rdx\n"
        "  vmcall\n"
        "cr_read:\n"
        "  mov %cr8, %r10\n"
        "  vmcall\n"
        "cr_read_0:\n"
        "  mov %cr0, %rdx\n  vmcall\n"
        "cr_write_0:\n"
        "  mov %rax, %cr0\n  vmcall\n"
        "cr_read_3:\n"
        "  mov %cr3, %rdi\n  vmcall\n"
        "cr_write_3:\n"
        "  mov %r9, %cr3\n  vmcall\n"
        "cr_write_4:\n"
        "  mov %rax, %cr4\n  vmcall\n"
        "cr_read_4:\n"
        "  mov %cr4, %rdx\n  vmcall\n"
        "cr_handler:\n" /* of an interrupt or a fault */
        "  vmcall\n"
        "cr_end:\n"
        ".popsection\n");
extern const uint8_t cr_begin[], cr_write[], cr_written[], cr_open_then_write[], cr_write_then_read[],
    cr_read[], cr_read_0[], cr_write_0[], cr_read_3[], cr_write_3[], cr_write_4[], cr_read_4[],
    cr_handler[], cr_end[];

enum { CR_EXIT = EXIT_CONTROL_REGISTER, MOV_FROM = 1 << 4, GP = 13 };

static void set_up_cr(void)
{
    set_up();
    own_code(cr_begin, cr_end);
    set_gate(0x51, own(cr_handler));
    set_gate(GP, own(cr_handler));
}

TestSuite(vmx_cr, .init = set_up_cr);

static void begin_at(const uint8_t *label)
{
    v->field[VMCS_GUEST_RIP] = own(label);
}

/* TPR shadow and nothing else of APIC virtualization. */
static void shadow_only(void)
{
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_SECONDARY_CONTROLS] = 0;
}

static void set_vtpr(uint32_t value)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, value);
}

static uint32_t vtpr(void)
{
    return (uint32_t)memory_at(VAPIC + VAPIC_VTPR, 4);
}

/* With RAX, which VM entry leaves alone. */
static void run_with(uint64_t rax)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, rax);
    start();
    run();
}

static void exited(unsigned reason, uint64_t rip)
{
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], reason, "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], rip);
}

/* ---- 29.3, 29.1.2 ---- */

/* V2: RVI = 51h is not above VTPR = 50h; MOV CR8, 4 lowers it. The handler finds VPPR = 50h and SVI = 51h. */
Test(vmx_cr, V2_delivery_waits_for_tpr)
{
    pending_virtual(0x51);
    set_vtpr(0x50);
    begin_at(cr_open_then_write);
    run_with(4);
    exited(EXIT_VMCALL, own(cr_handler));
    cr_expect(before("VTPR = 0x40", "delivers virtual interrupt 0x51"), "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x5100);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0x50);
    cr_expect_eq(vtpr(), 0x40);
}

/* V2, the other half: 5 does not lower it. */
Test(vmx_cr, V2_no_delivery_at_the_same_class)
{
    pending_virtual(0x51);
    set_vtpr(0x50);
    begin_at(cr_open_then_write);
    run_with(5);
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x51);
    cr_expect_eq(vmx_vid(x, 0)->svi, 0);
}

/* "Bits 3:0 and 31:8 of VTPR are cleared." And no TPR of the physical APIC is touched. */
Test(vmx_cr, cr8_is_vtpr_7_4)
{
    set_vtpr(0xffffffff);
    begin_at(cr_write_then_read);
    run_with(9);
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(vtpr(), 0x90);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDX), 9, "zero-extended");
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0);
}

Test(vmx_cr, cr8_reads_only_bits_7_4)
{
    set_vtpr(0xffffff6f);
    begin_at(cr_read);
    run_with(0);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_R10), 6);
}

/* SDM vol. 2, MOV: writing 1 to bits 63:4 of CR8 is #GP(0); nothing is changed. */
Test(vmx_cr, cr8_reserved_bits_fault)
{
    set_vtpr(0x30);
    run_with(0x10);
    exited(EXIT_VMCALL, own(cr_handler));
    cr_expect_eq(vtpr(), 0x30);
}

/* 25.1.3; table 27-3: bits 3:0 register 8, 5:4 type (0: to, 1: from), 11:8 RAX = 0, R10 = 10. */
Test(vmx_cr, cr8_exiting_wins_over_the_shadow)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_CR8_LOAD;
    run_with(9);
    exited(CR_EXIT, own(cr_write));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 8);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH], (uint64_t)(cr_written - cr_write));
    cr_expect_eq(vtpr(), 0);
}

Test(vmx_cr, cr8_store_exiting_wins_over_the_shadow)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_CR8_STORE;
    begin_at(cr_read);
    run_with(0);
    exited(CR_EXIT, own(cr_read));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 8 | MOV_FROM | 10 << 8);
}

/* 25.1.1: only faults by privilege and the like come before an exit, reserved bits do not. */
Test(vmx_cr, cr8_exit_comes_before_its_fault)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_CR8_LOAD;
    run_with(0x10);
    exited(CR_EXIT, own(cr_write));
}

/* ---- The threshold ---- */

/* V6: 3 is below 4; trap-like. */
Test(vmx_cr, V6_exit_below_the_threshold)
{
    shadow_only();
    v->field[VMCS_TPR_THRESHOLD] = 4;
    set_vtpr(0x50);
    run_with(3);
    exited(EXIT_TPR_THRESHOLD, own(cr_written));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0);
    cr_expect_eq(vtpr(), 0x30);
}

Test(vmx_cr, V6_no_exit_at_the_threshold)
{
    shadow_only();
    v->field[VMCS_TPR_THRESHOLD] = 4;
    set_vtpr(0x50);
    run_with(4);
    exited(EXIT_VMCALL, own(cr_written));
}

/* 29.1.2: under virtual-interrupt delivery the threshold does not count. */
Test(vmx_cr, V6_no_exit_under_virtual_interrupt_delivery)
{
    v->field[VMCS_TPR_THRESHOLD] = 4;
    set_vtpr(0x50);
    run_with(3);
    exited(EXIT_VMCALL, own(cr_written));
}

/* An instruction in the shadow of STI: behind it nothing is blocked any more. */
Test(vmx_cr, V6_the_exit_is_behind_the_shadow_of_sti)
{
    shadow_only();
    v->field[VMCS_TPR_THRESHOLD] = 4;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1;
    set_vtpr(0x50);
    run_with(3);
    exited(EXIT_TPR_THRESHOLD, own(cr_written));
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 0);
}

/* ---- CR0, CR3, CR4 ---- */

/* Real 80010033h; the host owns WP (bit 16) and shows it as 0. */
static void own_wp(void)
{
    v->field[VMCS_CR0_MASK] = 1 << 16;
    v->field[VMCS_CR0_SHADOW] = 0;
}

Test(vmx_cr, cr0_is_read_through_the_mask)
{
    own_wp();
    begin_at(cr_read_0);
    run_with(0);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDX), 0x80000033);
}

/* A value that agrees with the shadow does not exit, and owned bits keep their value. */
Test(vmx_cr, cr0_write_within_the_mask)
{
    own_wp();
    begin_at(cr_write_0);
    run_with(0x80000039);
    exited(EXIT_VMCALL, own(cr_read_3) - 3);
    cr_expect_eq(v->field[VMCS_GUEST_CR0], 0x80010039);
}

Test(vmx_cr, cr0_write_against_the_shadow_exits)
{
    own_wp();
    begin_at(cr_write_0);
    run_with(0x80010033);
    exited(CR_EXIT, own(cr_write_0));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0);
}

/* 23.8: CR0.NE and CR4.VMXE are fixed to 1 in VMX operation. */
Test(vmx_cr, fixed_bits_fault)
{
    begin_at(cr_write_0);
    run_with(0x80010013);
    exited(EXIT_VMCALL, own(cr_handler));
    set_up_cr();
    begin_at(cr_write_4);
    run_with(0x20);
    exited(EXIT_VMCALL, own(cr_handler));
    cr_expect_eq(v->field[VMCS_GUEST_CR4], 0x2020);
}

Test(vmx_cr, cr4_exits_by_its_own_mask)
{
    v->field[VMCS_CR4_MASK] = 0x2000;
    begin_at(cr_write_4);
    run_with(0x2020);
    exited(CR_EXIT, own(cr_write_4));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 4);
    set_up_cr();
    v->field[VMCS_CR4_MASK] = 0x2000;
    begin_at(cr_read_4);
    run_with(0);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RDX), 0x20, "VMXE is hidden");
}

/* RDI is 7, R9 is 9. */
Test(vmx_cr, cr3_exiting)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_CR3_STORE | PROC_CR3_LOAD;
    begin_at(cr_read_3);
    run_with(0);
    exited(CR_EXIT, own(cr_read_3));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 3 | MOV_FROM | 7 << 8);
    set_up_cr();
    v->field[VMCS_PROC_CONTROLS] |= PROC_CR3_LOAD;
    begin_at(cr_write_3);
    run_with(0);
    exited(CR_EXIT, own(cr_write_3));
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 3 | 9 << 8);
}

/* 24.6.7: a load of one of the CR3-target values does not exit, as far as the count goes. */
Test(vmx_cr, cr3_targets)
{
    for (unsigned count = 1; count <= 2; count++) {
        set_up_cr();
        v->field[VMCS_PROC_CONTROLS] |= PROC_CR3_LOAD;
        v->field[VMCS_CR3_TARGET0 + 1] = 0x5000;
        v->field[VMCS_CR3_TARGET_COUNT] = count;
        begin_at(cr_write_3);
        core_set_reg(&cpu->core[0], UC_X86_REG_R9, 0x5000);
        run_with(0);
        cr_expect_eq(v->field[VMCS_EXIT_REASON], count == 2 ? EXIT_VMCALL : CR_EXIT);
        cr_expect_eq(v->field[VMCS_GUEST_CR3], count == 2 ? 0x5000 : 0);
    }
}
