/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMI, INIT and SMI of a guest, and an INIT that is redirected (APM vol. 2, 15.13.2 to 15.13.4, 15.21.8, 15.21.9,
 * 15.22.2, 15.30.1).
 */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "signals_begin:\n"
        "signals_sx_isr:\n  pop %rbx\n  hlt\n" /* RBX: the error code */
        "signals_end:\n"
        ".popsection\n");
extern const uint8_t signals_begin[], signals_sx_isr[], signals_end[];

static void set_up_signals(void)
{
    set_up();
    own_code(signals_begin, signals_end);
}

TestSuite(svm_signals, .init = set_up_signals);

/* ---- NMI, INIT, SMI: 15.13.2 to 15.13.4 ---- */

/* The NMI stays pending, and is taken right at STGI. */
Test(svm_signals, an_nmi_exits_and_stays_pending)
{
    enter_from(at(svm_test_open));
    interrupt_arrives(m, APIC_NMI, 0);
    run();
    cr_expect_eq(GET(control.exit_code), VMEXIT_NMI, "%s", trace);
    cr_expect_eq(word(svm_test_host_nmis), 1);
    cr_expect(before("GIF = 1", "takes an NMI"), "%s", trace);
    cr_expect_not(lapic_nmi_pending(l, 0));
}

Test(svm_signals, an_nmi_without_the_intercept_is_the_guests)
{
    unintercept(VMEXIT_NMI);
    enter();
    arrives(APIC_NMI, 0);
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* INIT: the latch keeps it; GIF = 0 holds it. */
Test(svm_signals, init_exits_and_stays_pending)
{
    enter();
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    left(VMEXIT_INIT);
    cr_expect(l->latch[0].init);
}

/* Without the intercept the core is reset where it is, and nothing of the guest is saved. */
Test(svm_signals, init_without_the_intercept_resets)
{
    unintercept(VMEXIT_INIT);
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_BSP;
    PUT(control.exit_code, 0x99);
    enter();
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    cr_expect_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_SIPI, "%s", trace);
    cr_expect_not(svm_in_guest(s, 0));
    cr_expect_eq(GET(control.exit_code), 0x99);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
}

/* ---- INIT that is redirected: 15.21.8, table 15-12 ---- */

static void redirect(void)
{
    s->cores[0].vm_cr = VM_CR_R_INIT;
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_BSP;
}

/* The intercept of INIT comes before it. */
Test(svm_signals, the_intercept_of_init_comes_before_its_redirection)
{
    redirect();
    enter();
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    left(VMEXIT_INIT);
    cr_expect(l->latch[0].init);
}

/* #SX in the guest, with error code 1; the INIT is gone. */
Test(svm_signals, a_redirected_init_is_sx)
{
    redirect();
    unintercept(VMEXIT_INIT);
    set_gate(GUEST_IDT, VECTOR_SX, own(signals_sx_isr));
    enter();
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(signals_sx_isr) + 1, "%s", trace);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RBX), 1);
    cr_expect_not(l->latch[0].init);
}

Test(svm_signals, sx_can_be_intercepted)
{
    redirect();
    unintercept(VMEXIT_INIT);
    PUT(control.intercept_exceptions, 1u << VECTOR_SX);
    enter();
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    left(VMEXIT_EXCP0 + VECTOR_SX);
    cr_expect_eq(GET(control.exit_info_1), 1);
    cr_expect_eq(GET(save.rip), at(svm_test_halted));
    cr_expect_not(l->latch[0].init);
}

/* In the host, once GIF is 1. */
Test(svm_signals, a_redirected_init_of_the_host)
{
    redirect();
    set_gate(HOST_IDT, VECTOR_SX, own(signals_sx_isr));
    enter_from(at(svm_test_open));
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    cr_expect_eq(GET(control.exit_code), VMEXIT_INIT);
    cr_expect(before("GIF = 1", "INIT becomes #SX"), "%s", trace);
    cr_expect_eq(cpu->core[0].exec.pc, own(signals_sx_isr) + 1, "%s", trace);
}

/* 15.30.1: an INIT that resets clears SVMDIS unless it is locked. */
Test(svm_signals, init_clears_svmdis)
{
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_BSP;
    cpu->core[0].state->efer &= ~(uint64_t)EFER_SVME;
    s->cores[0].vm_cr = VM_CR_SVMDIS;
    enter_from(at(svm_test_halted) - 1); /* a HLT */
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_SIPI);
    cr_expect_eq(s->cores[0].vm_cr, 0);
}

Test(svm_signals, init_leaves_a_locked_svmdis)
{
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_BSP;
    cpu->core[0].state->efer &= ~(uint64_t)EFER_SVME;
    s->cores[0].vm_cr = VM_CR_SVMDIS | VM_CR_LOCK;
    enter_from(at(svm_test_halted) - 1);
    interrupt_arrives(m, APIC_INIT, 0);
    run();
    cr_expect_eq(s->cores[0].vm_cr, VM_CR_SVMDIS | VM_CR_LOCK);
}

Test(svm_signals, smi_exits_and_stays_pending)
{
    intercept(VMEXIT_SMI);
    enter();
    interrupt_arrives(m, APIC_SMI, 0);
    run();
    left(VMEXIT_SMI);
    cr_expect(l->latch[0].smi);
    cr_expect_eq(GET(control.exit_info_1), 1, "15.13.3: asserted externally");
}

/* System-management mode is not modelled: no verdict instead of a wrong one. */
Test(svm_signals, smi_without_the_intercept_is_a_limit)
{
    enter();
    interrupt_arrives(m, APIC_SMI, 0);
    run();
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}

Test(svm_signals, smi_in_the_host_is_a_limit)
{
    intercept(VMEXIT_SMI);
    enter_from(at(svm_test_open)); /* it sets GIF behind the exit */
    interrupt_arrives(m, APIC_SMI, 0);
    run();
    cr_expect_eq(GET(control.exit_code), VMEXIT_SMI);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}
