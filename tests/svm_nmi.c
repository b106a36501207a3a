/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual NMIs, and what IRET unmasks (APM vol. 2, 15.21.10; kvm-unit-tests: vnmi). */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "nmi_begin:\n"
        "nmi_guest:\n  vmmcall\n"
        "nmi_open:\n  stgi\n  nop\n  vmmcall\n"
        "nmi_sti:\n  sti\n  vmmcall\n"
        "nmi_returns:\n" /* an IRET to the next instruction */
        "  mov %rsp, %rax\n  push $0x10\n  push %rax\n  pushfq\n  push $8\n"
        "  lea nmi_returned(%rip), %rax\n  push %rax\n"
        "nmi_iretq:\n"
        "  iretq\n"
        "nmi_returned:\n  nop\n  vmmcall\n"
        "nmi_isr:\n" /* leaves before its IRET */
        "  incl nmi_count(%rip)\n  vmmcall\n"
        "nmi_count: .quad 0\n"
        "nmi_end:\n"
        ".popsection\n");
extern const uint8_t nmi_begin[], nmi_guest[], nmi_open[], nmi_sti[], nmi_returns[], nmi_iretq[],
    nmi_returned[], nmi_isr[], nmi_count[], nmi_end[];

static void set_up_nmi(void)
{
    set_up();
    own_code(nmi_begin, nmi_end);
    PUT(save.rip, own(nmi_guest));
    PUT(control.int_ctl, V_NMI_ENABLE);
    set_gate(GUEST_IDT, 2, own(nmi_isr));
}

TestSuite(svm_nmi, .init = set_up_nmi);

static uint64_t count(void)
{
    return memory_at(own(nmi_count) - WINDOW, 8);
}

static bool has(uint64_t bits)
{
    return GET(control.int_ctl) & bits;
}

static void enter_with(uint64_t bits)
{
    PUT(control.int_ctl, V_NMI_ENABLE | bits);
    enter();
    left(VMEXIT_VMMCALL);
}

/* Taking it clears V_NMI and sets V_NMI_MASK; IF does not matter. */
Test(svm_nmi, is_taken)
{
    enter_with(V_NMI);
    cr_expect_eq(count(), 1, "%s", trace);
    cr_expect_not(has(V_NMI));
    cr_expect(has(V_NMI_MASK));
    cr_expect_eq(GET(save.rsp), WINDOW + GUEST_STACK - 40, "the handler has not returned");
}

Test(svm_nmi, the_mask_holds_it)
{
    enter_with(V_NMI | V_NMI_MASK);
    cr_expect_eq(count(), 0);
    cr_expect(has(V_NMI));
}

/* The guest's IRET clears the mask, and what has waited comes at the next boundary. */
Test(svm_nmi, iret_unmasks)
{
    PUT(save.rip, own(nmi_returns));
    enter_with(V_NMI | V_NMI_MASK);
    cr_expect_eq(count(), 1);
    cr_expect(before("iretq", "takes a virtual NMI"));
}

Test(svm_nmi, iret_clears_the_mask)
{
    PUT(save.rip, own(nmi_returns));
    enter_with(V_NMI_MASK);
    cr_expect_not(has(V_NMI_MASK));
}

/* 15.9: the intercept comes before the IRET. */
Test(svm_nmi, the_intercept_of_iret_comes_before_it)
{
    intercept(VMEXIT_IRET);
    PUT(save.rip, own(nmi_returns));
    PUT(control.int_ctl, V_NMI_ENABLE | V_NMI_MASK);
    enter();
    left(VMEXIT_IRET);
    cr_expect(has(V_NMI_MASK));
    cr_expect_eq(GET(save.rip), own(nmi_iretq));
}

Test(svm_nmi, v_gif_holds_it)
{
    PUT(control.intercept_4, GET(control.intercept_4) & ~INTERCEPT(VMEXIT_STGI));
    PUT(save.rip, own(nmi_open));
    enter_with(V_NMI | V_GIF_ENABLE);
    cr_expect_eq(count(), 1);
    cr_expect(before("V_GIF = 1", "takes a virtual NMI"), "%s", trace);
}

Test(svm_nmi, the_shadow_holds_it)
{
    PUT(control.int_state, INT_SHADOW);
    enter_with(V_NMI);
    cr_expect_eq(count(), 0);
    cr_expect(has(V_NMI));
}

Test(svm_nmi, without_the_enable_it_means_nothing)
{
    PUT(control.int_ctl, V_NMI);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(count(), 0);
    cr_expect(has(V_NMI));
}

/* Physical NMIs leave the guest whatever V_NMI_MASK says, and before a virtual one. */
Test(svm_nmi, a_physical_nmi_exits_all_the_same)
{
    PUT(control.int_ctl, V_NMI_ENABLE | V_NMI_MASK);
    PUT(save.rip, at(svm_test_guest));
    enter();
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    PUT(control.int_ctl, V_NMI_ENABLE | V_NMI);
    enter_again();
    left(VMEXIT_NMI);
    cr_expect(has(V_NMI));
}

/* 15.21.10: an NMI that EVENTINJ brings masks virtual ones. */
Test(svm_nmi, an_injected_nmi_sets_the_mask)
{
    PUT(control.event_inj, EVENT_VALID | EVENT_TYPE_NMI << 8 | 2);
    enter_with(V_NMI);
    cr_expect_eq(count(), 1, "the injected one");
    cr_expect(has(V_NMI));
    cr_expect(has(V_NMI_MASK));
    cr_expect_eq(cpu->core[0].state->nmi_blocked, 0);
}

/* 15.21.10: an exit during the delivery saves V_NMI_MASK as 0, so that the VMM may inject what EXITINTINFO says. */
static void delivery_fails(uint64_t bits)
{
    PUT(save.idtr.limit, 16 * 2 - 1);
    PUT(control.intercept_exceptions, 1u << VECTOR_GP);
    PUT(control.int_ctl, V_NMI_ENABLE | bits);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    cr_expect_eq(GET(control.exit_int_info), EVENT_VALID | EVENT_TYPE_NMI << 8 | 2);
    cr_expect_not(has(V_NMI));
    cr_expect_not(has(V_NMI_MASK));
}

Test(svm_nmi, an_exit_in_its_delivery_unmasks)
{
    delivery_fails(V_NMI);
}

Test(svm_nmi, an_exit_in_the_delivery_of_an_injected_one_unmasks)
{
    PUT(control.event_inj, EVENT_VALID | EVENT_TYPE_NMI << 8 | 2);
    delivery_fails(0);
}

/* Without V_NMI_ENABLE IRET unmasks the processor's NMIs. */
Test(svm_nmi, iret_unmasks_physical_nmis)
{
    PUT(control.int_ctl, 0);
    PUT(save.rip, own(nmi_returns));
    cpu->core[0].state->nmi_blocked = 1;
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(cpu->core[0].state->nmi_blocked, 0);
}

/* With it, IRET is of the virtual ones. */
Test(svm_nmi, iret_leaves_physical_nmis_masked)
{
    PUT(save.rip, own(nmi_returns));
    cpu->core[0].state->nmi_blocked = 1;
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(cpu->core[0].state->nmi_blocked, 1);
}

/* 15.21.10: #VMEXIT loses neither bit; the next VMRUN goes on with it. */
Test(svm_nmi, the_bits_survive_exits)
{
    enter_with(V_NMI);
    cr_expect_eq(count(), 1);
    PUT(control.int_ctl, GET(control.int_ctl) | V_NMI);
    enter_again();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(count(), 1, "masked: the handler has not returned");
    cr_expect(has(V_NMI));
    cr_expect(has(V_NMI_MASK));
}
