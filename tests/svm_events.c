/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of a guest: which are recognised, in which order, and what becomes of them (APM vol. 2, 15.13, 15.21;
 * kvm-unit-tests: virq_inject, pending_event, interrupt).
 */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "events_begin:\n"
        "events_open:\n  sti\n  nop\n"
        "events_opened:\n  vmmcall\n"
        "events_closed:\n  cli\n  hlt\n"
        "events_lowers:\n" /* a guest whose V_TPR is in the way */
        "  sti\n  nop\n  mov $3, %ecx\n"
        "events_lowering:\n  mov %rcx, %cr8\n  vmmcall\n"
        "events_sti_vmmcall:\n  sti\n  vmmcall\n"
        "events_mov_ss:\n  mov %ss, %eax\n  mov %eax, %ss\n"
        "events_behind_mov_ss:\n  vmmcall\n"
        "events_end:\n"
        ".popsection\n");
extern const uint8_t events_begin[], events_open[], events_opened[], events_closed[], events_lowers[],
    events_lowering[], events_sti_vmmcall[], events_mov_ss[], events_behind_mov_ss[], events_end[];

static void set_up_events(void)
{
    set_up();
    own_code(events_begin, events_end);
}

TestSuite(svm_events, .init = set_up_events);

enum { VECTOR = 0x40 };

static void guest_at(const uint8_t *label)
{
    PUT(save.rip, own(label));
}

static void interrupts_on(void)
{
    PUT(save.rflags, RFLAGS_FIXED | RFLAGS_IF);
}

/* V_IRQ of a vector with a priority. */
static void virq(unsigned priority, uint64_t others)
{
    PUT(control.int_ctl, GET(control.int_ctl) | V_IRQ | (uint64_t)priority << 16 | (uint64_t)VECTOR << 32 |
                             others);
}

static bool v_irq(void)
{
    return GET(control.int_ctl) & V_IRQ;
}

/* ---- Physical interrupts: 15.13.1, 15.21.1 ---- */

/* It is not acknowledged: it stays in IRR, and the host, whose IF is 1, takes it when it sets GIF. */
Test(svm_events, intr_exits_and_stays_pending)
{
    enter_from(at(svm_test_open));
    interrupt_arrives(m, APIC_FIXED, 0x50);
    run();
    cr_expect_eq(GET(control.exit_code), VMEXIT_INTR, "%s", trace);
    cr_expect_eq(word(svm_test_host_handled), 1);
    cr_expect(before("#VMEXIT: VMEXIT_INTR", "GIF = 1"), "%s", trace);
    cr_expect(before("GIF = 1", "takes interrupt 0x50"), "%s", trace);
    cr_expect_eq(GET(control.exit_int_info), 0);
    cr_expect_eq(GET(save.rip), at(svm_test_halted), "behind the HLT that was interrupted");
}

Test(svm_events, intr_is_pending_while_gif_is_0)
{
    enter_with_if();
    arrives(APIC_FIXED, 0x50);
    left(VMEXIT_INTR);
    cr_expect(lapic_irr(l, 0, 0x50));
    cr_expect_not(lapic_isr(l, 0, 0x50));
    cr_expect_eq(word(svm_test_host_handled), 0);
}

/* 15.21.1: under V_INTR_MASKING the guest's IF does not mask it, ... */
Test(svm_events, the_guests_if_does_not_mask_under_masking)
{
    guest_at(events_closed);
    enter_with_if();
    arrives(APIC_FIXED, 0x50);
    left(VMEXIT_INTR);
}

/* ... and without it, it does. */
Test(svm_events, the_guests_if_masks_without_masking)
{
    PUT(control.int_ctl, 0);
    guest_at(events_closed);
    enter_with_if();
    arrives(APIC_FIXED, 0x50);
    in_guest();
}

/* The host's IF at VMRUN masks it under V_INTR_MASKING; that it holds with the intercept is a knob. */
Test(svm_events, the_hosts_if_masks_under_masking)
{
    interrupts_on();
    enter(); /* the host's IF is 0 */
    arrives(APIC_FIXED, 0x50);
    in_guest();
    cr_expect(m->knobs.consulted >> KNOB_SVM_INTR_HOST_IF & 1);
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    m->knobs.value[KNOB_SVM_INTR_HOST_IF] = 1;
    lapic_take_nmi(l, 0);
    enter_again();
    left(VMEXIT_INTR);
}

/* Not intercepted: through the guest's IDT, acknowledged. */
Test(svm_events, intr_without_the_intercept_is_the_guests)
{
    PUT(control.int_ctl, 0);
    unintercept(VMEXIT_INTR);
    enter();
    arrives(APIC_FIXED, 0x50);
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(lapic_isr(l, 0, 0x50));
}

/* U12: the guest's shadow and an intercepted interrupt. The VMMCALL stands in it. */
static void intr_in_the_shadow(unsigned knob)
{
    m->knobs.value[KNOB_SVM_SHADOW_BLOCKS_INTR] = (uint8_t)knob;
    guest_at(events_opened); /* a VMMCALL */
    PUT(control.int_state, INT_SHADOW);
    bits256_set(lapic_regs(l, 0)->irr, 0x50);
    enter_with_if();
}

Test(svm_events, the_shadow_delays_an_intercepted_intr)
{
    intr_in_the_shadow(0);
    left(VMEXIT_VMMCALL);
    cr_expect(m->knobs.consulted >> KNOB_SVM_SHADOW_BLOCKS_INTR & 1);
}

Test(svm_events, the_shadow_may_not_delay_an_intercepted_intr)
{
    intr_in_the_shadow(1);
    left(VMEXIT_INTR);
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
    cr_expect_eq(GET(save.rip), own(events_opened));
}

/* ---- Virtual interrupts: 15.21.4, kvm-unit-tests virq_inject ---- */

/* Stage 0: V_IRQ is 0 in the VMCB after it fired. */
Test(svm_events, virq_fires_once)
{
    interrupts_on();
    guest_at(events_opened);
    virq(15, 0);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_not(v_irq());
}

/* Stage 1: IF = 0 keeps it pending. */
Test(svm_events, virq_waits_for_if)
{
    guest_at(events_opened);
    virq(15, 0);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 0);
    cr_expect(v_irq());
}

/* Stage 2: the VINTR intercept exits right before the vector would run, behind the shadow of the STI. */
Test(svm_events, vintr_exits_before_the_vector_runs)
{
    intercept(VMEXIT_VINTR);
    guest_at(events_open);
    virq(15, 0);
    enter();
    left(VMEXIT_VINTR);
    cr_expect_eq(handled(), 0);
    cr_expect(v_irq());
    cr_expect_eq(GET(save.rip), own(events_open) + 2, "behind the NOP in the shadow of the STI");
}

/* Stage 3: V_INTR_PRIO = 8 and V_TPR = 0Ah: neither the vector nor exit 64h, even with the intercept. */
Test(svm_events, v_tpr_masks_virq)
{
    interrupts_on();
    intercept(VMEXIT_VINTR);
    guest_at(events_opened);
    virq(8, 0xa);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect(v_irq());
}

/* Stage 4: it fires once the guest lowers V_TPR. */
Test(svm_events, virq_fires_when_v_tpr_falls)
{
    guest_at(events_lowers);
    virq(8, 0xa);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1);
    cr_expect(before("V_TPR = 0x3", "takes virtual interrupt 0x40"), "%s", trace);
    cr_expect_eq(GET(control.int_ctl) & V_TPR, 3);
}

/* 15.21.4: the priority must exceed V_TPR. */
Test(svm_events, virq_of_the_same_priority_waits)
{
    interrupts_on();
    guest_at(events_opened);
    virq(8, 8);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 0);
}

Test(svm_events, v_ign_tpr_ignores_v_tpr)
{
    interrupts_on();
    guest_at(events_opened);
    virq(0, 0xf | V_IGN_TPR);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1);
}

Test(svm_events, virq_waits_for_the_shadow)
{
    guest_at(events_sti_vmmcall);
    virq(15, 0);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 0);
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
}

Test(svm_events, mov_ss_makes_a_shadow_too)
{
    interrupts_on();
    guest_at(events_mov_ss);
    PUT(control.int_state, INT_SHADOW); /* for the first instruction */
    virq(15, 0);
    enter();
    /* behind `mov %ss, %eax` the shadow of VMRUN is over, and the boundary before `mov %eax, %ss` is open */
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1);
    PUT(save.rip, own(events_mov_ss) + 2);
    PUT(control.int_state, INT_SHADOW);
    virq(15, 0);
    enter_again();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 1, "the VMMCALL stands in the shadow of MOV SS");
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
}

Test(svm_events, virq_wakes_a_halted_guest)
{
    guest_at(events_closed);
    PUT(save.rip, at(svm_test_guest)); /* sti; hlt: the shadow ends behind the HLT */
    virq(15, 0);
    enter();
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* 15.21.1: the local APIC is not told, and its TPR does not mask. */
Test(svm_events, virq_leaves_the_apic_alone)
{
    interrupts_on();
    lapic_regs(l, 0)->tpr = 0xf0;
    guest_at(events_opened);
    virq(15, 0);
    enter();
    cr_expect_eq(handled(), 1);
    cr_expect_not(lapic_isr(l, 0, VECTOR));
}

/* ---- Priority: 15.21.4: physical before virtual, whether taken or intercepted ---- */

Test(svm_events, intr_comes_before_virq)
{
    interrupts_on();
    guest_at(events_opened);
    bits256_set(lapic_regs(l, 0)->irr, 0x50);
    virq(15, 0);
    enter_with_if();
    left(VMEXIT_INTR);
    cr_expect(v_irq());
    cr_expect_eq(handled(), 0);
}

Test(svm_events, intr_comes_before_vintr)
{
    interrupts_on();
    intercept(VMEXIT_VINTR);
    guest_at(events_opened);
    bits256_set(lapic_regs(l, 0)->irr, 0x50);
    virq(15, 0);
    enter_with_if();
    left(VMEXIT_INTR);
}

/* What is pending already comes before the first guest instruction, in this order: SMI, INIT, NMI, INTR. */
Test(svm_events, order_of_the_physical_ones)
{
    static const uint8_t codes[] = {VMEXIT_SMI, VMEXIT_INIT, VMEXIT_NMI, VMEXIT_INTR};
    intercept(VMEXIT_SMI);
    interrupts_on();
    enter_with_if();
    interrupt_arrives(m, APIC_FIXED, 0x50);
    interrupt_arrives(m, APIC_NMI, 0);
    interrupt_arrives(m, APIC_INIT, 0);
    interrupt_arrives(m, APIC_SMI, 0);
    run();
    for (unsigned i = 0; i < 4; i++) {
        left(codes[i]);
        if (i == 0)
            l->latch[0].smi = 0;
        if (i == 1)
            l->latch[0].init = 0;
        if (i == 2)
            lapic_take_nmi(l, 0);
        if (i < 3)
            enter_again();
    }
}

/* 15.5.1: no instruction of the guest has run. */
Test(svm_events, what_is_pending_comes_before_the_first_instruction)
{
    guest_at(events_opened);
    bits256_set(lapic_regs(l, 0)->irr, 0x50);
    enter_with_if();
    left(VMEXIT_INTR);
    cr_expect_eq(GET(save.rip), own(events_opened));
}
