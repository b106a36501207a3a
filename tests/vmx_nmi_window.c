/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual NMIs and NMI-window exiting (SDM vol. 3, 24.6.1, 25.2, 25.3, 26.5.1.1, 26.6.1, 26.6.6, 27.3.4). */
#include "tests/vmx_events_fixture.h"

static void set_up_virtual_nmis(void)
{
    set_up_events();
    virtual_nmis();
}

TestSuite(vmx_nmi_window, .init = set_up_virtual_nmis);

static void ask_for_window(void)
{
    v->field[VMCS_PROC_CONTROLS] |= PROC_NMI_WINDOW;
}

/* No NMI is blocked in the guest, whatever bit 3 says: it leaves; the bit is saved as it was. */
Test(vmx_nmi_window, nmis_leave_under_virtual_blocking)
{
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    enter();
    in_guest();
    arrives(APIC_NMI, 0);
    left(EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000202);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 3);
    cr_expect(cpu->core[0].state->nmi_blocked, "27.5.5: in the host");
}

/* ... also one that the host has blocked until the entry. */
Test(vmx_nmi_window, entry_ends_the_blocking_of_the_host)
{
    enter();
    arrives(APIC_NMI, 0);
    left(EXIT_EXCEPTION_NMI);
    arrives(APIC_NMI, 0);
    cr_expect(lapic_nmi_pending(l, 0), "the host has executed no IRET");
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    enter_again();
    left(EXIT_EXCEPTION_NMI);
    cr_expect(before("VM entry", "VM exit: exception or NMI"), "%s", trace);
}

/* The exit comes before the first instruction, if nothing blocks virtual NMIs. */
Test(vmx_nmi_window, open_at_entry)
{
    ask_for_window();
    enter();
    left(EXIT_NMI_WINDOW);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting));
    cr_expect_eq(v->field[VMCS_GUEST_ACTIVITY], ACTIVITY_ACTIVE);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0);
}

Test(vmx_nmi_window, closed_by_bit_3_until_iret)
{
    ask_for_window();
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    enter();
    in_guest(); /* it has come to its hlt */
    set_up_virtual_nmis();
    ask_for_window();
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    v->field[VMCS_GUEST_RIP] = place(events_returning);
    enter();
    left(EXIT_NMI_WINDOW);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_returned));
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 0);
}

/* Injection blocks virtual NMIs until the handler's IRET: the way in which a hypervisor injects two. */
Test(vmx_nmi_window, opens_behind_the_injected_nmi)
{
    ask_for_window();
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000202;
    enter();
    left(EXIT_NMI_WINDOW);
    cr_expect_eq(word(events_count), 1, "%s", trace);
    cr_expect(before("injects vector 0x2", "iretq"), "%s", trace);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], place(events_halting), "where it was interrupted");
    v->field[VMCS_ENTRY_INTR_INFO] = 0x80000202;
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_NMI_WINDOW;
    enter_again();
    in_guest();
    cr_expect_eq(word(events_count), 2);
}

/* IF does not matter; MOV SS does (25.2), and STI by the knob that says whether it blocks NMIs. */
Test(vmx_nmi_window, mov_ss_at_entry_covers_one_instruction)
{
    ask_for_window();
    v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 1;
    enter();
    left(EXIT_HLT);
}

Test(vmx_nmi_window, sti_covers_one_instruction_by_a_knob)
{
    for (unsigned knob = 0; knob < 2; knob++) {
        set_up_virtual_nmis();
        ask_for_window();
        m->knobs.value[KNOB_STI_BLOCKS_NMI] = (uint8_t)knob;
        v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1;
        enter();
        left(knob ? EXIT_HLT : EXIT_NMI_WINDOW);
        cr_expect(m->knobs.consulted & 1u << KNOB_STI_BLOCKS_NMI);
    }
}

/* The core alone, until it has left the guest; the host has done nothing yet. */
static void run_to_exit(void)
{
    v->field[VMCS_EXIT_REASON] = ~0u;
    for (unsigned i = 0; i < 100 && v->field[VMCS_EXIT_REASON] == ~0u; i++)
        agent_step(m, agent_enabled(m, 0) ? 0 : agent_of_buffer(m, 0));
}

/* The order of table 6-2 and 26.6: NMI window, NMI, interrupt window. Of all three the first; of the last
 * two the NMI. */
Test(vmx_nmi_window, comes_before_an_nmi_and_that_before_an_interrupt_window)
{
    for (unsigned window = 0; window < 2; window++) {
        set_up_virtual_nmis();
        if (window)
            ask_for_window();
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_PROC_CONTROLS] |= PROC_INTERRUPT_WINDOW;
        message_send(m, 1, APIC_NMI, 0, 0);
        start();
        message_arrive(m, 1, 0);
        cpu->core[0].state->nmi_blocked = 1; /* until the entry */
        run_to_exit();
        left(window ? EXIT_NMI_WINDOW : EXIT_EXCEPTION_NMI);
        cr_expect_eq(lapic_nmi_pending(l, 0), window);
    }
}

/* Without virtual NMIs IRET does not end the blocking that bit 3 is (25.3); with them it is another
 * thing, and the processor's own blocking stays out of it. */
Test(vmx_nmi_window, bit_3_without_virtual_nmis_is_the_processors)
{
    v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_VIRTUAL_NMIS;
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    v->field[VMCS_GUEST_RIP] = place(events_returning);
    enter();
    in_guest();
    arrives(APIC_NMI, 0);
    in_guest();
    cr_expect(lapic_nmi_pending(l, 0));
    interrupt_core(0xfd);
    run();
    left(EXIT_EXTERNAL_INTERRUPT);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 3);
}
