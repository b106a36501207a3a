/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows a write to the APIC-access page, and the TPR threshold at VM entry (SDM vol. 3, 29.4.3.2,
 * 26.6.7). Rows V7 and V8 of docs/model/vmx-access.md.
 */
#include "tests/vmx_page_fixture.h"

TestSuite(vmx_apic_write, .init = set_up_page);

/* ---- V7: the threshold at VM entry, 26.6.7 ---- */

/* With interrupts off; VTPR[7:4] = 3 is below 4, before the first instruction. */
Test(vmx_apic_write, V7_threshold_at_entry_exits_at_once)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x3f);
    run_from(page_write_lvt, 0);
    exited(EXIT_TPR_THRESHOLD, 0, page_write_lvt);
}

Test(vmx_apic_write, V7_no_exit_at_the_threshold)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x40);
    run_from(page_write_tpr, 0x40);
    exited(EXIT_VMCALL, 0, page_written_tpr);
}

/* 26.2.1.1: without virtualized accesses the entry itself fails. */
Test(vmx_apic_write, V7_without_virtualized_accesses_entry_fails)
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
Test(vmx_apic_write, V7_injection_comes_before_the_threshold)
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
Test(vmx_apic_write, V7_the_threshold_comes_before_all_else)
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

Test(vmx_apic_write, V8_self_ipi_is_virtual)
{
    run_from(page_write_icr, SELF | 0x20);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(on_page(0x300), SELF | 0x20);
    cr_expect_eq(on_page(VAPIC_VIRR + vapic_word(0x20)), 1);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x20);
    physical_apic_is_quiet();
}

Test(vmx_apic_write, V8_illegal_vector_exits)
{
    run_from(page_write_icr, SELF | 0x0f);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
    cr_expect_eq(on_page(0x300), SELF | 0x0f);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

Test(vmx_apic_write, V8_other_delivery_exits)
{
    run_from(page_write_icr, SELF | 0x420); /* NMI */
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

/* 29.4.3.2: the shape counts only under virtual-interrupt delivery. */
Test(vmx_apic_write, V8_without_virtual_interrupt_delivery_exits)
{
    controls(SEC_APIC_ACCESSES | SEC_REGISTER_VIRT);
    run_from(page_write_icr, SELF | 0x20);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
}

/* With IF = 1 the interrupt is delivered behind the write. */
Test(vmx_apic_write, self_ipi_is_delivered_at_once)
{
    run_from(page_self_ipi_open, SELF | 0x41);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("virtual self-IPI", "delivers virtual interrupt 0x41"));
}

/* ---- IPI virtualization by way of the page ("IPI Virtualization" of later editions) ---- */

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

Test(vmx_apic_write, icr_write_posts)
{
    enable_ipiv(ALL_VIRT, LAST);
    run_from(page_write_icr, 0x41);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(memory_at(OTHER_PID + 8, 8), 1 << 1);
    cr_expect(memory_at(OTHER_PID + PID_CONTROL, 1) & PID_ON);
}

/* The target is VICR_HI[31:24], and beyond the table. */
Test(vmx_apic_write, icr_write_beyond_the_table_exits)
{
    enable_ipiv(ALL_VIRT, LAST + 1);
    run_from(page_write_icr, 0x41);
    exited(EXIT_APIC_WRITE, 0x300, page_written_icr);
}

/* A self-IPI stays one. */
Test(vmx_apic_write, self_ipi_is_no_post)
{
    enable_ipiv(ALL_VIRT, LAST);
    run_from(page_write_icr, SELF | 0x41);
    exited(EXIT_VMCALL, 0, page_written_icr);
    cr_expect_eq(memory_at(OTHER_PID + 8, 8), 0);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x41);
}

/* Unverified: without APIC-register virtualization 310h is virtualized or exits. */
Test(vmx_apic_write, icr_high_by_the_knob)
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

/* ---- What follows a write, 29.4.3.2 ---- */

/* Bytes 3:1 of VTPR are cleared, then PPR is virtualized. */
Test(vmx_apic_write, tpr_write)
{
    run_from(page_write_tpr, 0x12345647);
    exited(EXIT_VMCALL, 0, page_written_tpr);
    cr_expect_eq(on_page(0x80), 0x47);
    cr_expect_eq(on_page(VAPIC_VPPR), 0x47);
}

/* V2 by way of the page. */
Test(vmx_apic_write, tpr_write_lets_an_interrupt_through)
{
    pending_virtual(0x51);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x50);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    run_from(page_write_tpr, 0x40);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("VTPR keeps 0xff", "delivers virtual interrupt 0x51"), "%s", trace);
}

Test(vmx_apic_write, tpr_write_below_the_threshold_exits)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x50);
    run_from(page_write_tpr, 0x12345630);
    exited(EXIT_TPR_THRESHOLD, 0, page_written_tpr);
    cr_expect_eq(on_page(0x80), 0x30);
}

/* "Any other page offset": a byte within VTPR is written and left to the hypervisor. */
Test(vmx_apic_write, a_byte_beside_the_start_of_a_register)
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
Test(vmx_apic_write, eoi_write)
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

Test(vmx_apic_write, eoi_write_exits_by_the_bitmap)
{
    memory_write(&m->memory, VAPIC + VAPIC_VISR + vapic_word(0x61), 4, 1u << 1);
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6100;
    v->field[VMCS_EOI_EXIT0 + 1] = 1ull << (0x61 - 64);
    run_from(page_write_eoi, 0);
    exited(EXIT_VIRTUALIZED_EOI, 0x61, page_written_eoi);
}

Test(vmx_apic_write, eoi_write_without_virtual_interrupt_delivery_exits)
{
    controls(SEC_APIC_ACCESSES | SEC_REGISTER_VIRT);
    run_from(page_write_eoi, 0xffff);
    exited(EXIT_APIC_WRITE, 0xb0, page_written_eoi);
    cr_expect_eq(on_page(0xb0), 0xffff);
}

/* Bytes 2:0 of VICR_HI are cleared, and nothing else happens. */
Test(vmx_apic_write, icr_high_write)
{
    run_from(page_write_icr_high, 0x12345678);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL);
    cr_expect_eq(on_page(0x310), 0x12000000);
}

Test(vmx_apic_write, other_registers_exit_behind_the_write)
{
    run_from(page_write_lvt, 0x10700);
    exited(EXIT_APIC_WRITE, 0x350, page_written_lvt);
    cr_expect_eq(on_page(0x350), 0x10700);
}

/* 29.4.3.2: above SMI, INIT and all that is lower. An external interrupt arrives behind the write. */
Test(vmx_apic_write, emulation_comes_before_any_event)
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
