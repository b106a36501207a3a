/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control registers, MSRs and ports of a guest: intercepts, permission maps, CR8 (APM vol. 2, 15.8 to 15.11,
 * 15.21.2).
 */
#include "tests/svm_intercepts_fixture.h"

TestSuite(svm_registers, .init = set_up_intercepts);

/* ---- CR0 and CR8: 15.8.1, 15.9, 15.21.2 ---- */

/* 15.8.1: bit 63 of EXITINFO1 says MOV, 3:0 the register: RCX is 1, RBX is 3. */
Test(svm_registers, cr8_intercepts)
{
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_WRITE);
    guest_at(icept_cr8);
    enter();
    left_at(VMEXIT_CR8_WRITE, icept_cr8_write, 4);
    cr_expect_eq(GET(control.exit_info_1), 1ull << 63 | 1);
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_READ);
    enter_again();
    left_at(VMEXIT_CR8_READ, icept_cr8_read, 4);
    cr_expect_eq(GET(control.exit_info_1), 1ull << 63 | 3);
    cr_expect_eq(GET(control.int_ctl) & 0xff, 5, "it was written in between");
}

/* 15.9: exceptions of MOV CR8 come before its intercept. */
Test(svm_registers, gp_comes_before_the_intercept_of_cr8)
{
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_WRITE);
    guest_at(icept_cr8_reserved);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_error_isr) + 1, "%s", trace);
}

Test(svm_registers, without_decode_assists_cr_exits_tell_nothing)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_DECODE_ASSISTS});
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_WRITE);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_CR8_WRITE);
    cr_expect_eq(GET(control.exit_info_1), 0);
}

/* 15.21.2: under V_INTR_MASKING CR8 is V_TPR, and the local APIC's TPR stays. */
Test(svm_registers, cr8_is_v_tpr_under_masking)
{
    intercept(VMEXIT_HLT);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 5);
    cr_expect_eq(GET(control.int_ctl) & V_TPR, 5);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0);
}

/* Without it a write changes both, and a read is of the APIC's. */
Test(svm_registers, cr8_is_both_without_masking)
{
    intercept(VMEXIT_HLT);
    PUT(control.int_ctl, 3);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 5);
    cr_expect_eq(GET(control.int_ctl) & V_TPR, 5);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0x50);
}

Test(svm_registers, cr8_reads_the_apic_without_masking)
{
    intercept(VMEXIT_HLT);
    PUT(control.int_ctl, 3);
    lapic_regs(l, 0)->tpr = 0x70;
    guest_at(icept_cr8_read);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 7);
}

Test(svm_registers, cr8_reserved_bits_fault)
{
    guest_at(icept_cr8_reserved);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_error_isr) + 1, "%s", trace);
    cr_expect_eq(reg(UC_X86_REG_RBX), 0, "error code");
}

/* 15.9: the selective intercept lets TS (and MP) change. */
Test(svm_registers, selective_cr0_writes)
{
    intercept(VMEXIT_CR0_SEL_WRITE);
    guest_at(icept_cr0);
    enter();
    left_at(VMEXIT_CR0_SEL_WRITE, icept_cr0_ne, 3);
    cr_expect_eq(GET(save.cr0), 0x8001003b);
}

/* ---- Maps: 15.10, 15.11 ---- */

/* MSR C000_0100h: 800h + 2 * 100h bits = byte 840h, bits 0 (reads) and 1 (writes). */
Test(svm_registers, msr_reads_by_the_map)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 1);
    guest_at(icept_rdmsr);
    enter();
    left_at(VMEXIT_MSR, icept_rdmsr_itself, 2);
    cr_expect_eq(GET(control.exit_info_1), 0);
}

Test(svm_registers, msr_writes_by_the_map)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 2);
    guest_at(icept_wrmsr);
    enter();
    left_at(VMEXIT_MSR, icept_wrmsr_itself, 2);
    cr_expect_eq(GET(control.exit_info_1), 1);
}

Test(svm_registers, msrs_whose_bit_is_clear_are_the_guests)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 1); /* reads alone */
    guest_at(icept_wrmsr);
    enter();
    in_guest();
    cr_expect_eq(reg(UC_X86_REG_FS_BASE), 0x3000);
}

Test(svm_registers, msrs_without_the_intercept)
{
    memory_write(&m->memory, MSRPM + 0x840, 1, 3);
    guest_at(icept_wrmsr);
    enter();
    in_guest();
}

/* 15.11: what no range covers is intercepted whatever the map says; 4000_0000h. */
Test(svm_registers, msrs_outside_the_map)
{
    intercept(VMEXIT_MSR);
    core_set_reg(&cpu->core[0], UC_X86_REG_RCX, 0x40000000);
    guest_at(icept_rdmsr_itself);
    enter();
    left(VMEXIT_MSR);
}

/* 15.10.2: EXITINFO1: port in 31:16, bit 9 64-bit addresses, 6:4 size (here two bytes), bit 0 IN; EXITINFO2: the
 * next RIP. */
Test(svm_registers, port_reads)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 2); /* port 41h: the second byte of the access */
    guest_at(icept_in);
    enter();
    left_at(VMEXIT_IOIO, icept_in, 3);
    cr_expect_eq(GET(control.exit_info_1), 0x40u << 16 | 1u << 9 | 2u << 4 | 1);
    cr_expect_eq(GET(control.exit_info_2), own(icept_in) + 3);
}

Test(svm_registers, port_writes)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 8); /* port 43h */
    guest_at(icept_out);
    enter();
    left_at(VMEXIT_IOIO, icept_out_itself, 1);
    cr_expect_eq(GET(control.exit_info_1), 0x43u << 16 | 1u << 9 | 1u << 4);
}

Test(svm_registers, ports_whose_bits_are_clear_are_the_guests)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 0xf4);
    guest_at(icept_in);
    enter();
    in_guest();
}
