/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NMIs of a guest (SDM vol. 3, 25.3, 26.5.1, 26.6.1, 27.1, 27.5.5, table 24-3): with NMI exiting they leave it,
 * without they go through its IDT. The capability MSRs offer no virtual NMIs.
 */
#include "tests/vmx_fixture.h"

enum { NMI_VECTOR = 2, HALT = 1 /* bytes */ };

static void set_up_nmi(void)
{
    set_up();
    set_gate(NMI_VECTOR, at(guest_test_isr));
    v->field[VMCS_GUEST_RIP] = at(guest_test_halted) - HALT; /* halts with interrupts off */
}

TestSuite(vmx_nmi, .init = set_up_nmi);

static void nmi_arrives(void)
{
    interrupt_arrives(m, APIC_NMI, 0);
}

static const struct core_state *core_0(void)
{
    return cpu->core[0].state;
}

/* Controls that allow NMIs and external interrupts to go to the guest: no APIC virtualization. */
static void deliver_to_the_guest(void)
{
    v->field[VMCS_PIN_CONTROLS] = 0x16;
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)(PROC_TPR_SHADOW | PROC_SECONDARY);
    v->field[VMCS_SECONDARY_CONTROLS] = 0;
}

/* 80000202h: valid, type 2, vector 2. The exit saves the state before the NMI: not blocked. */
Test(vmx_nmi, exits_and_is_blocked_afterwards)
{
    start();
    run();
    nmi_arrives();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_EXCEPTION_NMI);
    cr_expect_eq(v->field[VMCS_EXIT_INTR_INFO], 0x80000202);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 0);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], at(guest_test_halted));
    cr_expect(core_0()->nmi_blocked);
    nmi_arrives();
    run();
    cr_expect(lapic_nmi_pending(l, 0), "the host has executed no IRET");
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
}

/* Other exits do not affect the blocking. */
Test(vmx_nmi, another_exit_does_not_block)
{
    start();
    run();
    interrupt_core(0xfd);
    run();
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_not(core_0()->nmi_blocked);
}

/* Bit 3 of the guest's interruptibility state is the blocking of NMIs, and is saved again. */
Test(vmx_nmi, entry_and_exit_carry_the_blocking)
{
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 3;
    start();
    run();
    nmi_arrives();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect(lapic_nmi_pending(l, 0));
    interrupt_core(0xfd);
    run();
    cr_assert_not(vmx_non_root(x, 0));
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 3);
    cr_expect(core_0()->nmi_blocked);
}

/* An entry with bit 3 clear ends the blocking that held in the host. */
Test(vmx_nmi, entry_ends_the_blocking_of_the_host)
{
    cpu->core[0].state->nmi_blocked = 1;
    start();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect_not(core_0()->nmi_blocked);
    nmi_arrives();
    run();
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_EXCEPTION_NMI);
}

/* Blocking by MOV SS at entry covers the first instruction for NMIs too (26.6.1); it is saved as what
 * it is. The first instruction exits. */
Test(vmx_nmi, mov_ss_at_entry_blocks)
{
    v->field[VMCS_GUEST_INTERRUPTIBILITY] = 1 << 1;
    v->field[VMCS_PROC_CONTROLS] |= PROC_HLT;
    message_send(m, 1, APIC_NMI, 0, 0);
    cpu_setup_done(cpu);
    m->record = &step_record;
    m->core_ops->begin(m->cpu);
    message_arrive(m, 1, 0);
    cpu->core[0].state->nmi_blocked = 1; /* until the entry */
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_HLT);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 1);
}

Test(vmx_nmi, is_delivered_through_the_idt_of_the_guest)
{
    deliver_to_the_guest();
    start();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    nmi_arrives();
    agent_step(m, 0);
    cr_expect(core_0()->nmi_blocked);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST_INTERRUPT);
    nmi_arrives();
    nmi_arrives();
    run();
    cr_expect_eq(handled(), 2, "the last two are one, %s", trace);
    cr_expect(vmx_non_root(x, 0));
    cr_expect_not(core_0()->nmi_blocked, "IRET unblocks them, 25.3");
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
}

/* An injected NMI blocks others: it is delivered as if it had come by itself (26.5.1). With NMI exiting
 * IRET leaves that as it is (25.3, 26.6.1). */
Test(vmx_nmi, injection_blocks_and_iret_does_not_unblock_with_nmi_exiting)
{
    for (unsigned exiting = 0; exiting < 2; exiting++) {
        if (exiting)
            set_up_nmi();
        else
            deliver_to_the_guest();
        v->field[VMCS_ENTRY_INTR_INFO] = 0x80000202;
        start();
        run();
        cr_assert(vmx_non_root(x, 0), "%s", trace);
        cr_expect_eq(handled(), 1);
        cr_expect_eq(core_0()->nmi_blocked, exiting, "%s", trace);
    }
}

/* Delivery drains the store buffer whatever a VM exit does (11.10). */
Test(vmx_nmi, delivery_in_a_guest_drains)
{
    m->knobs.value[KNOB_VM_EXIT_DRAINS] = 1;
    deliver_to_the_guest();
    start();
    run();
    tso_store(m, 0, GUEST_STACK + 64, 8, 1, 0);
    nmi_arrives();
    cr_expect_not(agent_enabled(m, 0));
    run();
    cr_expect_eq(handled(), 1);
    cr_expect_eq(m->knobs.consulted & 1u << KNOB_VM_EXIT_DRAINS, 0);
}

/* ... and with NMI exiting, that is the knob's affair. */
Test(vmx_nmi, an_exit_asks_the_knob)
{
    m->knobs.value[KNOB_VM_EXIT_DRAINS] = 1;
    start();
    run();
    tso_store(m, 0, GUEST_STACK + 64, 8, 1, 0);
    nmi_arrives();
    cr_expect(agent_enabled(m, 0));
    cr_expect_eq(m->knobs.consulted & 1u << KNOB_VM_EXIT_DRAINS, 0, "nobody has left the guest");
    agent_step(m, 0);
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect(m->knobs.consulted & 1u << KNOB_VM_EXIT_DRAINS);
}

/* ... whether there is something to wait for or not: an equivalent execution may have it the other
 * way. */
Test(vmx_nmi, an_exit_asks_the_knob_with_an_empty_buffer)
{
    start();
    run();
    nmi_arrives();
    cr_assert(tso_empty(m, 0));
    m->knobs.consulted = 0;
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect(m->knobs.consulted & 1u << KNOB_VM_EXIT_DRAINS);
}

Test(vmx_nmi, an_entry_asks_the_knob_with_an_empty_buffer)
{
    start();
    run();
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_expect(m->knobs.consulted & 1u << KNOB_VM_ENTRY_DRAINS);
}
