/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of a guest: their priority, and what VM entry and VM exit carry over of them (SDM vol. 3,
 * table 6-2, 24.4.2, 26.3, 27.2, 27.3, 29.1.4, 29.1.5).
 */
#include "tests/vmx_fixture.h"

TestSuite(vmx_events, .init = set_up);

/* NMIs do not ask IF; with NMI exiting they leave the guest. 80000202h: valid, type 2, vector 2. */
Test(vmx_events, an_nmi_exits_with_interrupts_off)
{
    v->field[VMCS_GUEST_RIP] = at(guest_test_halted) - 1; /* the hlt, without the sti */
    start();
    run();
    cr_assert(vmx_non_root(x, 0));
    interrupt_arrives(m, APIC_NMI, 0);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000202);
    cr_expect_not(lapic_nmi_pending(l, 0));
}

/* A virtual interrupt goes before an external one; that exits at the handler's first boundary, and
 * the guest interrupt status is saved with the vector in service: SVI in bits 15:8. */
Test(vmx_events, a_virtual_interrupt_comes_before_an_external_one)
{
    pending_virtual(0x61);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    bits256_set(lapic_regs(l, 0)->irr, 0xfd);
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_EXTERNAL_INTERRUPT);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6100);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VISR + vapic_word(0x61), 4), 1u << (0x61 & 31));
}

/* SVI loaded at entry counts for VPPR: a vector of a lower class waits. */
Test(vmx_events, svi_at_entry_masks_lower_classes)
{
    memory_write(&m->memory, VAPIC + VAPIC_VISR + vapic_word(0x61), 4, 1u << (0x61 & 31));
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6100;
    start();
    run();
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0x60);
    notify(0x52);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x52);
    cr_expect_eq(handled(), 0, "%s", trace);
}

/* Blocking by STI at entry holds until behind the first instruction, which is an STI here. */
Test(vmx_events, blocking_at_entry_covers_the_first_instruction)
{
    pending_virtual(0x61);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1;
    start();
    run();
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("interrupts on", "delivers virtual interrupt 0x61"), "%s", trace);
}

/* The HLT that exits stands in the shadow of an STI. */
Test(vmx_events, an_exit_in_the_shadow_of_sti_saves_the_blocking)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
    start();
    run();
    cr_assert_eq(v->field[VMCS_EXIT_REASON], EXIT_HLT);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1);
}

Test(vmx_events, an_exit_ends_the_injection)
{
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    start();
    run();
    cr_assert_eq(handled(), 1, "%s", trace);
    interrupt_core(0xfd);
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_ENTRY_INTR_INFO] & 0x80000000, 0);
}

/* Vector v is bit v % 64 of bitmap v / 64. */
Test(vmx_events, eoi_exit_bitmaps_beyond_the_first)
{
    v->field[VMCS_EOI_EXIT0 + 1] = 1ull << (0x71 - 64);
    start();
    run();
    notify(0x71);
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VIRTUALIZED_EOI);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0x71);
}

Test(vmx_events, a_virtual_self_ipi_sets_virr_and_rvi)
{
    v->field[VMCS_GUEST_RIP] = at(guest_test_self_ipi);
    start();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VIRR + vapic_word(0x31), 4), 1u << (0x31 & 31));
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31);
    cr_expect_eq(handled(), 0, "interrupts are off");
    physical_apic_is_quiet();
}
