/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What wakes, leaves or passes by an inactive guest, and where a notification is processed (SDM vol. 3,
 * 24.4.2, 25.2, 26.6, 29.2.2, 29.6): rows of docs/model/vmx-events.md, on a running core.
 */
#include "lapic/init.h"
#include "tests/vmx_events_fixture.h"

TestSuite(vmx_activity, .init = set_up_events);

static unsigned activity(void)
{
    return cpu->core[0].state->activity;
}

/* 29.6: with IF = 0 a notification is processed all the same, and the vector waits until behind the
 * instruction behind STI. */
Test(vmx_activity, V13_notification_while_if_is_0)
{
    v->field[VMCS_GUEST_RIP] = place(events_opening);
    notified_at_entry(0x31);
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("PI: RVI = 0x31, recognised", "interrupts on"), "%s", trace);
    cr_expect(before("interrupts on", "delivers virtual interrupt 0x31"), "%s", trace);
    cr_expect(before("delivers virtual interrupt 0x31", "interrupts off"), "%s", trace);
}

/* ... and in HLT with IF = 0 the guest stays halted. */
Test(vmx_activity, V14_notification_in_hlt_with_if_0_stays_halted)
{
    enter();
    notify(0x31);
    in_guest();
    cr_expect_eq(activity(), ACTIVITY_HLT);
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31);
    cr_expect(vmx_vid(x, 0)->recognized);
    cr_expect_eq(memory_at(PID, 8), 0);
    cr_expect_eq(handled(), 0);
}

/* Shutdown and wait-for-SIPI block external interrupts: nothing is processed (26.6.2). */
Test(vmx_activity, V15_shutdown_and_wait_for_sipi_leave_it_pending)
{
    for (unsigned a = ACTIVITY_SHUTDOWN; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        notify(0x31);
        interrupt_core(0xfd);
        run();
        in_guest();
        cr_expect_eq(activity(), a);
        cr_expect(lapic_irr(l, 0, 0xf2), "%s", trace);
        cr_expect(lapic_irr(l, 0, 0xfd));
        cr_expect_eq(memory_at(PID + PID_CONTROL, 1) & PID_ON, PID_ON);
    }
}

/* They deliver no virtual interrupt either; HLT does (29.2.2). */
Test(vmx_activity, a_virtual_interrupt_wakes_hlt_alone)
{
    for (unsigned a = ACTIVITY_HLT; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        pending_virtual(0x61);
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        in_guest();
        cr_expect_eq(handled(), a == ACTIVITY_HLT ? 1 : 0, "activity %u\n%s", a, trace);
    }
}

/* In root mode the notification vector is one like any other: the host's gate, and the descriptor is not
 * touched. */
Test(vmx_activity, V16_notification_in_root_goes_to_the_host)
{
    v->field[VMCS_HOST_RIP] = place(events_opening); /* sti; nop; cli; hlt */
    enter();
    uint64_t target = place(events_host_isr);
    uint64_t low = (target & 0xffff) | 8ull << 16 | 0x8e00ull << 32 | (target >> 16 & 0xffff) << 48;
    memory_write(&m->memory, HOST_IDT + 16 * 0xf2, 8, low);
    memory_write(&m->memory, HOST_IDT + 16 * 0xf2 + 8, 8, target >> 32);
    interrupt_core(0xfd);
    cpu->core[0].state->interrupt_flag = 0;
    agent_step(m, 0);
    cr_assert_not(vmx_non_root(x, 0));
    lapic_eoi(l, 0);
    post(0x31);
    interrupt_core(0xf2);
    run();
    cr_expect_eq(word(events_host_count), 1, "%s", trace);
    cr_expect_eq(memory_at(PID, 8), 1ull << 0x31);
    cr_expect_eq(memory_at(PID + PID_CONTROL, 1) & PID_ON, PID_ON);
    physical_apic_is_quiet();
}

/* 26.6: what is pending comes before the first instruction, also if the guest is entered halted: it is
 * processed in HLT, and a vector that VPPR masks leaves it there. */
Test(vmx_activity, V21_notification_pending_at_entry_to_hlt)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x40);
    v->field[VMCS_GUEST_RIP] = place(events_opening);
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_HLT;
    notified_at_entry(0x31);
    in_guest();
    cr_expect_eq(vmx_vid(x, 0)->rvi, 0x31, "%s", trace);
    cr_expect_eq(activity(), ACTIVITY_HLT);
    cr_expect_null(strstr(trace, "interrupts on"), "no instruction has been executed\n%s", trace);
    notify(0x51);
    cr_expect_eq(handled(), 1);
    cr_expect(before("delivers virtual interrupt 0x51", "interrupts on"), "%s", trace);
}

/* ---- NMIs and inactive states ---- */

Test(vmx_activity, an_nmi_wakes_hlt_and_shutdown)
{
    for (unsigned a = ACTIVITY_HLT; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        in_guest();
        arrives(APIC_NMI, 0);
        if (a == ACTIVITY_SIPI) {
            in_guest();
            cr_expect(lapic_nmi_pending(l, 0), "it waits");
            continue;
        }
        left(EXIT_EXCEPTION_NMI);
        cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], a, "27.1: as it was before the event");
    }
}

/* With NMI exiting 0 the NMI is delivered, and shutdown ends. */
Test(vmx_activity, a_delivered_nmi_ends_shutdown)
{
    plain_guest();
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_SHUTDOWN;
    enter();
    in_guest();
    arrives(APIC_NMI, 0);
    in_guest();
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect_eq(activity(), ACTIVITY_HLT);
}

/* ---- Windows at entry, 26.6.5 and 26.6.6 ---- */

Test(vmx_activity, an_interrupt_window_wakes_hlt_alone)
{
    for (unsigned a = ACTIVITY_ACTIVE; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        if (a <= ACTIVITY_HLT)
            left(EXIT_INTERRUPT_WINDOW);
        else
            in_guest();
        cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting));
    }
}

Test(vmx_activity, an_nmi_window_wakes_hlt_and_shutdown)
{
    for (unsigned a = ACTIVITY_ACTIVE; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        virtual_nmis();
        v->field[VMCS_PROC_CONTROLS] |= PROC_NMI_WINDOW;
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        if (a <= ACTIVITY_SHUTDOWN)
            left(EXIT_NMI_WINDOW);
        else
            in_guest();
    }
}

/* ---- Interrupt windows: 25.2, 29.2.1 ---- */

/* With IF = 0 there is none; STI opens it behind the next instruction. */
Test(vmx_activity, an_interrupt_window_opens_behind_the_shadow_of_sti)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
    v->field[VMCS_GUEST_RIP] = place(events_opening);
    enter();
    left(EXIT_INTERRUPT_WINDOW);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_behind_sti));
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 0);
    cr_expect_eq(v->field[VMCS_GUEST_RFLAGS] & 0x200, 0x200);
}

/* The posted vector stays in VIRR under the control, and the next entry without it delivers. */
Test(vmx_activity, V19_without_the_control_the_next_entry_delivers)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
    notified_at_entry(0x31);
    in_guest();
    v->field[VMCS_GUEST_RIP] = 0; /* what the exit saves */
    interrupt_core(0xfd);
    run();
    left(EXIT_EXTERNAL_INTERRUPT);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x31);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VIRR + vapic_word(0x31), 4), 1u << (0x31 & 31));
    v->field[VMCS_GUEST_RFLAGS] |= 0x200;
    enter_again();
    left(EXIT_INTERRUPT_WINDOW);
    cr_expect_eq(handled(), 0);
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_INTERRUPT_WINDOW;
    enter_again();
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* An injected 30h comes first; its handler has interrupts off, so that the virtual 40h waits for its
 * IRET. */
Test(vmx_activity, V20_the_virtual_interrupt_waits_for_the_handlers_iret)
{
    pending_virtual(0x40);
    set_gate(0x30, place(events_isr));
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
    enter();
    in_guest();
    cr_expect_eq(word(events_count), 1);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("injects vector 0x30", "iretq"), "%s", trace);
    cr_expect(before("iretq", "delivers virtual interrupt 0x40"), "%s", trace);
}

/* The second vector of a higher class comes first, the other one when that has ended: EOI evaluates
 * (29.1.4). */
Test(vmx_activity, V4_the_lower_vector_comes_behind_the_eoi)
{
    pending_virtual(0x61);
    v->field[VMCS_GUEST_RIP] = place(events_opening);
    notified_at_entry(0x71);
    in_guest();
    cr_expect_eq(handled(), 2, "%s", trace);
    cr_expect(before("delivers virtual interrupt 0x71", "virtual EOI 0x71"), "%s", trace);
    cr_expect(before("virtual EOI 0x71", "delivers virtual interrupt 0x61"), "%s", trace);
}

/* ---- INIT and start-up, 25.2 ---- */

/* INIT leaves a guest in any state but wait-for-SIPI, and resets nothing; the host blocks one (23.8). */
Test(vmx_activity, init_exits_with_reason_3)
{
    for (unsigned a = ACTIVITY_ACTIVE; a <= ACTIVITY_SHUTDOWN; a++) {
        set_up_events();
        v->field[VMCS_GUEST_ACTIVITY] = a;
        v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3; /* no NMI would be taken */
        enter();
        arrives(APIC_INIT, 0);
        left(EXIT_INIT);
        cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], a == ACTIVITY_ACTIVE ? ACTIVITY_HLT : a);
        cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0);
        cr_expect_not(lapic_init_pending(l, 0));
        arrives(APIC_INIT, 0);
        cr_expect(lapic_init_pending(l, 0), "it waits in the host\n%s", trace);
        enter_again();
        left(EXIT_INIT);
        cr_expect(before("VM entry", "VM exit: INIT signal"), "%s", trace);
    }
}

Test(vmx_activity, wait_for_sipi_blocks_init)
{
    v->field[VMCS_GUEST_ACTIVITY] = ACTIVITY_SIPI;
    enter();
    arrives(APIC_INIT, 0);
    in_guest();
    cr_expect(lapic_init_pending(l, 0));
}

/* A start-up IPI leaves wait-for-SIPI with its vector as the qualification, and is dropped in all other
 * states. */
Test(vmx_activity, sipi_exits_with_reason_4)
{
    for (unsigned a = ACTIVITY_ACTIVE; a <= ACTIVITY_SIPI; a++) {
        set_up_events();
        v->field[VMCS_GUEST_ACTIVITY] = a;
        enter();
        arrives(APIC_STARTUP, 0x9a);
        if (a == ACTIVITY_SIPI) {
            left(EXIT_SIPI);
            cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], 0x9a);
            cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], ACTIVITY_SIPI);
        } else {
            in_guest();
        }
        cr_expect_not(lapic_startup_pending(l, 0), "activity %u", a);
    }
}

/* INIT before an NMI before an external interrupt. */
Test(vmx_activity, init_comes_first)
{
    message_send(m, 1, APIC_INIT, 0, 0);
    message_send(m, 1, APIC_NMI, 0, 0);
    start();
    message_arrive(m, 1, 0);
    message_arrive(m, 1, 1);
    bits256_set(lapic_regs(l, 0)->irr, 0xfd);
    cpu->core[0].state->nmi_blocked = 1; /* until the entry */
    v->field[VMCS_EXIT_REASON] = ~0u;
    while (v->field[VMCS_EXIT_REASON] == ~0u)
        agent_step(m, agent_enabled(m, 0) ? 0 : agent_of_buffer(m, 0));
    left(EXIT_INIT);
}
