/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intercepted instructions and exceptions, what their exits tell, and what a guest does that nobody intercepts
 * (APM vol. 2, 15.7 to 15.9, 15.12, 15.14, 15.18).
 */
#include "tests/svm_intercepts_fixture.h"

TestSuite(svm_intercepts, .init = set_up_intercepts);

static const struct {
    uint8_t code, length;
    const uint8_t *guest, *at;
} plain[] = {
    {VMEXIT_PAUSE, 2, icept_pause, icept_pause},
    {VMEXIT_IRET, 2, icept_iret, icept_iretq},
    {VMEXIT_PUSHF, 1, icept_pushf, icept_pushf},
    {VMEXIT_POPF, 1, icept_popf, icept_popfq},
    {VMEXIT_SWINT, 2, icept_int, icept_int},
    {VMEXIT_CPUID, 2, icept_cpuid, icept_cpuid},
    {VMEXIT_RDTSC, 2, icept_rdtsc, icept_rdtsc},
    {VMEXIT_RDTSCP, 3, icept_rdtscp, icept_rdtscp},
    {VMEXIT_INVLPG, 4, icept_invlpg, icept_invlpg},
    {VMEXIT_WBINVD, 2, icept_wbinvd, icept_wbinvd},
    {VMEXIT_IDTR_WRITE, 7, icept_lidt, icept_lidt},
    {VMEXIT_GDTR_WRITE, 7, icept_lgdt, icept_lgdt},
    {VMEXIT_TR_WRITE, 3, icept_ltr, icept_ltr},
    {VMEXIT_VMMCALL, 3, icept_vmmcall, icept_vmmcall},
    {VMEXIT_VMRUN, 3, icept_vmrun, icept_vmrun},
    {VMEXIT_VMLOAD, 3, icept_vmload, icept_vmload},
    {VMEXIT_VMSAVE, 3, icept_vmsave, icept_vmsave},
    {VMEXIT_STGI, 3, icept_stgi, icept_stgi},
    {VMEXIT_CLGI, 3, icept_clgi, icept_clgi},
    {VMEXIT_INVLPGA, 3, icept_invlpga, icept_invlpga},
    {VMEXIT_SKINIT, 3, icept_skinit, icept_skinit},
    {VMEXIT_HLT, 1, icept_returned, icept_returned},
};

/* Each instruction alone, by its own bit: all others are clear but that of VMRUN. */
Test(svm_intercepts, instructions_exit_by_their_bit)
{
    guest_at(icept_vmmcall);
    enter();
    left(VMEXIT_VMMCALL);
    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++) {
        PUT(control.intercept_3, 0);
        PUT(control.intercept_4, INTERCEPT(VMEXIT_VMRUN));
        intercept(plain[i].code);
        guest_at(plain[i].guest);
        PUT(save.rsp, WINDOW + GUEST_STACK);
        PUT(save.rax, VMCB);
        enter_again();
        left_at(plain[i].code, plain[i].at, plain[i].length);
    }
}

/* 15.9: #GP for what rAX holds comes before the intercepts of VMRUN, VMLOAD and VMSAVE. */
Test(svm_intercepts, gp_comes_before_the_intercepts_of_vmcbs)
{
    static const uint8_t *const guests[] = {icept_vmrun, icept_vmload, icept_vmsave};
    static const uint64_t bad[] = {0x21010, 1ull << SVM_PHYSICAL_BITS};
    guest_at(icept_vmmcall);
    PUT(control.intercept_exceptions, 1u << VECTOR_GP);
    intercept(VMEXIT_VMLOAD);
    intercept(VMEXIT_VMSAVE);
    enter();
    left(VMEXIT_VMMCALL);
    for (unsigned i = 0; i < 6; i++) {
        PUT(save.rax, bad[i % 2]);
        guest_at(guests[i / 2]);
        enter_again();
        left(VMEXIT_EXCP0 + VECTOR_GP);
        cr_expect_eq(GET(save.rip), own(guests[i / 2]));
    }
}

/* CPUID 8000_000A EDX[3]: without it nRIP is 0. */
Test(svm_intercepts, without_nrip_save)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_NRIPS});
    PUT(control.nrip, 0x99);
    guest_at(icept_vmmcall);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.nrip), 0);
}

/* 15.8.2: with decode assists EXITINFO1 holds the vector of INT n. */
Test(svm_intercepts, int_n_tells_its_vector)
{
    intercept(VMEXIT_SWINT);
    guest_at(icept_int);
    enter();
    left(VMEXIT_SWINT);
    cr_expect_eq(GET(control.exit_info_1), 0x40);
}

/* 15.18: VMMCALL that is not intercepted is #UD. */
Test(svm_intercepts, vmmcall_is_ud_without_the_intercept)
{
    PUT(control.intercept_4, INTERCEPT(VMEXIT_VMRUN));
    guest_at(icept_vmmcall);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_isr), "%s", trace);
}

/* 15.8.3 */
Test(svm_intercepts, invlpg_tells_its_address)
{
    intercept(VMEXIT_INVLPG);
    guest_at(icept_invlpg);
    enter();
    left(VMEXIT_INVLPG);
    cr_expect_eq(GET(control.exit_info_1), WINDOW + GUEST_STACK);
}

/* 15.8.4: no bytes of the instruction but with a page fault. */
Test(svm_intercepts, no_instruction_bytes)
{
    PUT(control.fetched, 3);
    guest_at(icept_vmmcall);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.fetched), 0);
}

/* 15.9: VMMCALL leaves even where it would be #UD, in a guest that has cleared SVME; STGI does not. */
Test(svm_intercepts, vmmcall_exits_without_svme)
{
    guest_at(icept_clears_svme);
    enter();
    left(VMEXIT_VMMCALL);
    PUT(save.efer, 0x1d00);
    guest_at(icept_clears_svme_stgi);
    enter_again();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_isr), "%s", trace);
}

/* ---- Idle HLT: 15.9 ---- */

/* It exits unless a virtual interrupt is pending, whatever masks that. */
Test(svm_intercepts, idle_hlt)
{
    intercept(VMEXIT_IDLE_HLT);
    guest_at(icept_returned);
    enter();
    left_at(VMEXIT_IDLE_HLT, icept_returned, 1);
    PUT(control.int_ctl, V_INTR_MASKING | V_IRQ | 0x40ull << 32); /* IF = 0 */
    enter_again();
    in_guest();
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
}

Test(svm_intercepts, idle_hlt_and_a_virtual_nmi)
{
    intercept(VMEXIT_IDLE_HLT);
    guest_at(icept_returned);
    PUT(control.int_ctl, V_NMI_ENABLE | V_NMI | V_NMI_MASK);
    enter();
    in_guest();
}

Test(svm_intercepts, the_intercept_of_hlt_wins)
{
    intercept(VMEXIT_IDLE_HLT);
    intercept(VMEXIT_HLT);
    guest_at(icept_returned);
    enter();
    left(VMEXIT_HLT);
}

Test(svm_intercepts, a_processor_without_idle_hlt)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_IDLE_HLT});
    intercept(VMEXIT_IDLE_HLT);
    guest_at(icept_returned);
    enter();
    in_guest();
}

/* ---- Exceptions: 15.12 ---- */

/* The exit comes before the exception: it is not delivered, and RIP is that of the division. */
Test(svm_intercepts, an_exception_exits_by_its_bit)
{
    PUT(control.intercept_exceptions, 1);
    guest_at(icept_divides);
    enter();
    left(VMEXIT_EXCP0);
    cr_expect_eq(GET(save.rip), own(icept_division));
    cr_expect_eq(GET(control.nrip), 0, "15.7.1: no instruction intercept");
    cr_expect_eq(GET(control.exit_int_info), 0);
}

Test(svm_intercepts, an_exception_without_its_bit_is_the_guests)
{
    PUT(control.intercept_exceptions, ~1u);
    guest_at(icept_divides);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_isr));
}

/* 15.12.14: #GP leaves its error code in EXITINFO1; here 0, of a CR8 whose reserved bits are set. */
Test(svm_intercepts, gp_exits_with_its_error_code)
{
    PUT(control.exit_info_1, 0x99);
    PUT(control.intercept_exceptions, 1u << VECTOR_GP);
    guest_at(icept_cr8_reserved);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    cr_expect_eq(GET(control.exit_info_1), 0);
    cr_expect_eq(GET(save.rip), own(icept_cr8_reserved_write));
}

/* 15.12.4: the intercept of #BP is of INT3, and RIP is that of the INT3; the software-interrupt intercept is not. */
Test(svm_intercepts, int3_is_an_exception)
{
    intercept(VMEXIT_SWINT);
    PUT(control.intercept_exceptions, 1u << VECTOR_BP);
    guest_at(icept_int3);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_BP);
    cr_expect_eq(GET(save.rip), own(icept_int3));
}

/* ---- The rest ---- */

/* 15.14.3: an exception in the delivery of a double fault; there are no gates. */
Test(svm_intercepts, shutdown)
{
    PUT(save.idtr.limit, 0);
    guest_at(icept_divides);
    enter();
    left(VMEXIT_SHUTDOWN); /* the state that it saves is undefined */
}

Test(svm_intercepts, a_shutdown_that_is_not_intercepted_is_a_limit)
{
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(VMEXIT_SHUTDOWN));
    PUT(save.idtr.limit, 0);
    guest_at(icept_divides);
    enter();
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}

/* 15.21.5: an exit of an instruction in the shadow of an STI leaves INTERRUPT_SHADOW = 1, and the next entry has it. */
Test(svm_intercepts, the_shadow_is_saved_and_loaded)
{
    guest_at(icept_shadow);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
    cr_expect_eq(GET(save.rflags) & RFLAGS_IF, RFLAGS_IF);
    PUT(control.int_ctl, V_INTR_MASKING | V_IRQ | V_IGN_TPR | 0x40ull << 32);
    enter_again();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 0, "blocked for the first instruction, which exits again");
    PUT(control.int_state, 0);
    enter_again();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* A TSC offset that the guest would see: no verdict instead of a wrong one. */
Test(svm_intercepts, a_tsc_offset_is_a_limit)
{
    PUT(control.tsc_offset, 0x1000);
    guest_at(icept_rdtsc);
    enter();
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}
