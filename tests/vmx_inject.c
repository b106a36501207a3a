/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event injection, exits by the exception bitmap, and IDT-vectoring information (SDM vol. 3, 24.8.3, 24.9,
 * 25.2, 26.5, 27.1, 27.2.2 to 27.2.4, 6.13, 6.15).
 */
#include "tests/vmx_events_fixture.h"

TestSuite(vmx_inject, .init = set_up_events);

enum { INT_LENGTH = 2, INT3_LENGTH = 1, UNUSED_LENGTH = 3, MISSING = 0x40 };

static void inject(uint32_t info, uint32_t error, unsigned length)
{
    v->field[VMCS_ENTRY_INTR_INFO] = info;
    v->field[VMCS_ENTRY_EXCEPTION_ERROR] = error;
    v->field[VMCS_ENTRY_INSTRUCTION_LENGTH] = length;
}

static void no_gate(unsigned vector)
{
    memory_write(&m->memory, GUEST_IDT + 16 * vector, 8, 0);
    memory_write(&m->memory, GUEST_IDT + 16 * vector + 8, 8, 0);
}

/* A gate with the present bit (47) clear. */
static void absent_gate(unsigned vector)
{
    set_gate(vector, place(events_isr));
    uint64_t low = memory_at(GUEST_IDT + 16 * vector, 8);
    memory_write(&m->memory, GUEST_IDT + 16 * vector, 8, low & ~(1ull << 47));
}

/* ---- What is injected ---- */

/* The handler finds the error code on its stack and returns to the guest's RIP, which is that of the
 * faulting instruction. */
Test(vmx_inject, a_fault_with_its_error_code)
{
    set_gate(13, place(events_error_isr));
    inject(0x80000b0d, 0x1234, UNUSED_LENGTH);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect_eq(word(events_error), 0x1234);
    cr_expect_eq(word(events_frame_rip), place(events_halting), "no length is added to a fault");
}

Test(vmx_inject, a_fault_without_error_code)
{
    set_gate(6, place(events_frame_isr));
    inject(0x80000306, 0x1234, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect_eq(word(events_frame_rip), place(events_halting));
}

/* 26.5.1.1: a software interrupt returns behind the length that the host gives: types 4, 5, 6. */
Test(vmx_inject, software_events_return_behind_the_instruction)
{
    static const uint32_t info[] = {0x80000440, 0x80000501, 0x80000603};
    for (unsigned i = 0; i < 3; i++) {
        set_up_events();
        set_gate(info[i] & 0xff, place(events_frame_isr));
        v->field[VMCS_GUEST_RIP] = place(events_behind_int) - INT_LENGTH;
        inject(info[i], 0, INT_LENGTH);
        enter();
        in_guest();
        cr_expect_eq(word(events_frame_rip), place(events_behind_int), "%x\n%s", info[i], trace);
        cr_expect_eq(word(events_count), 1);
    }
}

/* 26.5: the exception bitmap does not see what is injected. */
Test(vmx_inject, the_exception_bitmap_does_not_see_it)
{
    set_gate(6, place(events_isr));
    v->field[VMCS_EXCEPTION_BITMAP] = ~0u;
    inject(0x80000306, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
}

/* An injected interrupt goes through the gate and not through the local APIC; RVI and SVI stay. */
Test(vmx_inject, an_interrupt_leaves_the_apics_alone)
{
    set_gate(0x30, place(events_isr));
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6100;
    inject(0x80000030, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect_eq(vmx_vid(x, 0)->svi, 0x61);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VISR + vapic_word(0x30), 4), 0);
    physical_apic_is_quiet();
}

/* 26.6.2: an entry that injects makes the guest active; it goes on at its RIP and not in HLT. */
Test(vmx_inject, wakes_a_halted_guest)
{
    set_gate(0x30, place(events_isr));
    v->field[VMCS_GUEST_RIP] = place(events_opening);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_HLT;
    inject(0x80000030, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect(before("injects vector 0x30", "interrupts on"), "%s", trace);
}

/* 26.6.2: into shutdown only an NMI (or a machine check), which ends it. */
Test(vmx_inject, an_nmi_ends_shutdown)
{
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_SHUTDOWN;
    inject(0x80000202, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT, "the guest's hlt");
}

/* ---- The exception bitmap ---- */

/* 27.2.2: valid, type 3, vector 0 (#DE); RIP is that of the fault. */
Test(vmx_inject, an_exception_exits_by_the_bitmap)
{
    v->field[VMCS_GUEST_RIP] = place(events_divides);
    v->field[VMCS_EXCEPTION_BITMAP] = 1;
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000300);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_division));
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0);
}

Test(vmx_inject, an_exception_without_its_bit_goes_to_the_guest)
{
    set_gate(0, place(events_frame_isr));
    v->field[VMCS_GUEST_RIP] = place(events_divides);
    v->field[VMCS_EXCEPTION_BITMAP] = ~1u;
    start();
    while (!word(events_count)) {
        cr_assert(agent_enabled(m, 0), "%s", trace);
        agent_step(m, 0);
    }
    cr_expect_eq(word(events_frame_rip), place(events_division));
}

/* INT3 is a software exception (type 6) with a length; INT 3 of two bytes is none, and INT n never asks the
 * bitmap (25.2). */
Test(vmx_inject, int3_exits_by_the_bitmap)
{
    v->field[VMCS_GUEST_RIP] = place(events_int3);
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 3;
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000603);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH], INT3_LENGTH);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_int3));
}

/* ---- IDT-vectoring information ---- */

/* An external interrupt, injected, whose gate is missing: #GP with error code 30h * 8 + IDT + EXT. */
Test(vmx_inject, a_missing_gate_exits_with_idt_vectoring_information)
{
    no_gate(0x30);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_HLT;
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 13;
    inject(0x80000030, 0, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000b0d);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_ERROR], 0x30 * 8 + 3);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000030);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting));
    cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], ACTIVITY_ACTIVE, "27.1: it has been woken before");
    cr_expect_eq(v->field[VMCS_ENTRY_INTR_INFO], 0x30, "the injection is over");
    cr_expect_eq(v->contexts.count, 0, "no handler has begun");
}

/* What the host does with it: it repairs the gate and injects the event once more (KVM calls this
 * completing interrupts). */
Test(vmx_inject, the_interrupted_event_can_be_injected_again)
{
    no_gate(0x30);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 13;
    inject(0x80000030, 0, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    set_gate(0x30, place(events_isr));
    inject((uint32_t)v->field[VMCS_IDT_VECTORING_INFO], 0, 0);
    enter_again();
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
}

/* 6.13: a gate that is there and not present is #NP (11). An exception keeps its error code in the
 * IDT-vectoring error field. */
Test(vmx_inject, an_absent_gate_is_np)
{
    absent_gate(17); /* #AC */
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 11;
    inject(0x80000b11, 0x77, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000b0b);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_ERROR], 17 * 8 + 3);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000b11);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_ERROR], 0x77);
}

/* A software interrupt of the guest's own: EXT is 0, RIP is that of the INT, whose length is given
 * (27.2.4, 27.3.3). */
Test(vmx_inject, int_n_through_a_missing_gate)
{
    no_gate(MISSING);
    v->field[VMCS_GUEST_RIP] = place(events_int);
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 13;
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_ERROR], MISSING * 8 + 2);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000400 | MISSING);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH], INT_LENGTH);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_int));
}

/* A virtual interrupt: an external one for IDT vectoring; it is in service all the same. */
Test(vmx_inject, a_virtual_interrupt_through_a_missing_gate)
{
    no_gate(0x61);
    pending_virtual(0x61);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 13;
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000061);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x6100);
}

/* 27.1, 27.3.4: the NMI of a delivery that fails blocks others already. */
Test(vmx_inject, an_nmi_through_a_missing_gate_blocks)
{
    no_gate(2);
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 13;
    inject(0x80000202, 0, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000202);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 3);
}

/* The #GP that does not exit goes to the guest, and the interrupt is lost. */
Test(vmx_inject, the_second_exception_may_go_to_the_guest)
{
    no_gate(0x30);
    set_gate(13, place(events_error_isr));
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    inject(0x80000030, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_error), 0x30 * 8 + 3, "%s", trace);
    cr_expect_eq(word(events_frame_rip), place(events_halting));
}

/* Table 6-5: #GP in the delivery of #GP is a double fault. It exits by its own bit, without IDT-vectoring
 * information (27.2.3); the bitmap is asked for the second #GP first. */
Test(vmx_inject, two_contributory_exceptions_are_a_double_fault)
{
    no_gate(13);
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 8;
    inject(0x80000b0d, 0, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000b08);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_ERROR], 0);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting));
}

Test(vmx_inject, the_bitmap_is_asked_before_the_double_fault)
{
    no_gate(13);
    v->field[VMCS_EXCEPTION_BITMAP] = 1 << 8 | 1 << 13;
    inject(0x80000b0d, 0, 0);
    enter();
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000b0d);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000b0d);
}

/* #UD is benign: a #GP behind it is served by itself. */
Test(vmx_inject, a_benign_exception_first_is_no_double_fault)
{
    no_gate(6);
    set_gate(13, place(events_error_isr));
    inject(0x80000306, 0, 0);
    enter();
    in_guest();
    cr_expect_eq(word(events_error), 6 * 8 + 3, "%s", trace);
}

/* 25.2: a triple fault exits with reason 2 whatever the bitmap says, and not during a delivery. */
Test(vmx_inject, three_are_a_triple_fault)
{
    no_gate(13);
    no_gate(8);
    inject(0x80000b0d, 0, 0);
    enter();
    left(EXIT_TRIPLE_FAULT);
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting));
    cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], ACTIVITY_ACTIVE, "it has not come to shutdown");
}

/* A host without the gate is a finding: nobody means that. */
Test(vmx_inject, a_host_without_the_gate_is_a_finding)
{
    v->field[VMCS_EXIT_CONTROLS] &= ~(uint64_t)EXIT_ACKNOWLEDGE;
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
    v->field[VMCS_HOST_RIP] = place(events_opening);
    enter();
    interrupt_core(0x50);
    run();
    cr_assert_eq(m->state->finding_count, 1, "%s", trace);
    cr_expect_eq(m->state->finding[0].kind, FINDING_FAULT);
    cr_expect_not_null(strstr(m->state->finding[0].message, "no gate"));
}
