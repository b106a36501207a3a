/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The global interrupt flag, real and virtual (APM vol. 2, 15.17, 15.33; kvm-unit-tests: vgif). */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "gif_begin:\n"
        "gif_stgi:\n  stgi\n  nop\n  vmmcall\n"
        "gif_clgi:\n  clgi\n  nop\n  vmmcall\n"
        "gif_clgi_hlt:\n  clgi\n  hlt\n"
        "gif_host:\n" /* a host with interrupts on that halts with GIF = 0 */
        "  sti\n  nop\n  clgi\n"
        "1: pause\n  cmpl $0, gif_go(%rip)\n  je 1b\n"
        "  stgi\n  nop\n"
        "2: hlt\n  jmp 2b\n"
        "gif_halts:\n"
        "  sti\n  nop\n  clgi\n  hlt\n"
        "gif_go: .quad 0\n"
        "gif_end:\n"
        ".popsection\n");
extern const uint8_t gif_begin[], gif_stgi[], gif_clgi[], gif_clgi_hlt[], gif_host[], gif_halts[], gif_go[],
    gif_end[];

static void set_up_gif(void)
{
    set_up();
    own_code(gif_begin, gif_end);
    visible_add(&m->visibility, own(gif_go) - WINDOW, 4);
}

TestSuite(svm_gif, .init = set_up_gif);

static void guest_at(const uint8_t *label)
{
    PUT(save.rip, own(label));
}

static void unintercept_gif(void)
{
    PUT(control.intercept_4, GET(control.intercept_4) & ~(INTERCEPT(VMEXIT_STGI) | INTERCEPT(VMEXIT_CLGI)));
}

/* ---- The host: 15.17 ---- */

static void go(void)
{
    memory_write(&m->memory, own(gif_go) - WINDOW, 4, 1);
    run();
}

Test(svm_gif, holds_interrupts_and_nmis)
{
    enter_from(own(gif_host));
    arrives(APIC_FIXED, 0x50);
    arrives(APIC_NMI, 0);
    cr_expect_eq(word(svm_test_host_handled), 0);
    cr_expect_eq(word(svm_test_host_nmis), 0);
    go();
    cr_expect_eq(word(svm_test_host_handled), 1, "%s", trace);
    cr_expect_eq(word(svm_test_host_nmis), 1);
    cr_expect(before("GIF = 1", "takes an NMI"));
    cr_expect(before("takes an NMI", "takes interrupt 0x50"), "%s", trace);
}

/* INIT waits, and a start-up message that follows it is dropped: the core does not wait for one. */
Test(svm_gif, holds_init)
{
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_BSP;
    enter_from(own(gif_host));
    arrives(APIC_INIT, 0);
    cr_expect_neq(cpu->core[0].state->activity, ACTIVITY_SIPI);
    arrives(APIC_STARTUP, 0x10);
    cr_expect_not(l->latch[0].startup);
    go();
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_SIPI, "%s", trace);
}

/* A HLT with GIF = 0 does not end. */
Test(svm_gif, a_halted_core_sleeps_on)
{
    enter_from(own(gif_halts));
    arrives(APIC_FIXED, 0x50);
    arrives(APIC_NMI, 0);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(word(svm_test_host_handled) + word(svm_test_host_nmis), 0);
}

/* ---- The guest without V_GIF_ENABLE: GIF itself ---- */

/* It holds physical events as well, intercepted or not. */
Test(svm_gif, a_guest_that_clears_gif_holds_physical_events)
{
    unintercept_gif();
    guest_at(gif_clgi_hlt);
    enter_with_if();
    in_guest();
    cr_expect_not(svm_gif(s, 0));
    arrives(APIC_FIXED, 0x50);
    arrives(APIC_NMI, 0);
    in_guest();
}

/* ---- Virtual GIF: 15.33 ---- */

/* kvm-unit-tests vgif: after the guest's STGI V_GIF is 1 in the VMCB, after CLGI 0; neither exits. */
Test(svm_gif, stgi_sets_v_gif)
{
    unintercept_gif();
    PUT(control.int_ctl, V_GIF_ENABLE);
    guest_at(gif_stgi);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect(GET(control.int_ctl) & V_GIF);
}

Test(svm_gif, clgi_clears_v_gif)
{
    unintercept_gif();
    PUT(control.int_ctl, V_GIF_ENABLE | V_GIF);
    guest_at(gif_clgi);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_not(GET(control.int_ctl) & V_GIF);
}

/* The intercepts come before it. */
Test(svm_gif, the_intercept_comes_before_v_gif)
{
    PUT(control.int_ctl, V_GIF_ENABLE);
    guest_at(gif_stgi);
    enter();
    left(VMEXIT_STGI);
    cr_expect_not(GET(control.int_ctl) & V_GIF);
}

/* V_GIF masks virtual interrupts, ... */
Test(svm_gif, v_gif_masks_virtual_interrupts)
{
    unintercept_gif();
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
    PUT(control.int_ctl, V_GIF_ENABLE | V_IRQ | V_IGN_TPR | 0x40ull << 32);
    guest_at(gif_stgi);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1);
    cr_expect(before("V_GIF = 1", "takes virtual interrupt 0x40"), "%s", trace);
}

/* ... and not physical ones. */
Test(svm_gif, v_gif_does_not_mask_physical_events)
{
    unintercept_gif();
    PUT(control.int_ctl, V_GIF_ENABLE | V_GIF | V_INTR_MASKING);
    guest_at(gif_clgi_hlt);
    enter_with_if();
    in_guest();
    cr_expect(svm_gif(s, 0));
    arrives(APIC_FIXED, 0x50);
    left(VMEXIT_INTR);
    cr_expect_not(GET(control.int_ctl) & V_GIF);
}

/* Without the enable V_GIF means nothing. */
Test(svm_gif, v_gif_without_the_enable_masks_nothing)
{
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
    PUT(control.int_ctl, V_IRQ | V_IGN_TPR | 0x40ull << 32);
    guest_at(gif_stgi);
    enter();
    left(VMEXIT_STGI);
    cr_expect_eq(handled(), 1);
}
