/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of a guest under exploration (SDM vol. 3, 25.2, 25.5.1, 26.6): the VMX-preemption timer, windows,
 * NMIs, INIT and start-up. Every program is explored with each reduction and with plain DFS, which must
 * reach the same states; what these are to be is said beside each.
 */
#include "sim/message.h"
#include "tests/vmx_program.h"

enum { R8 = 8, R9 = 9, EXIT_REASON = 0x4402, PREEMPTION_TIMER = 0x482e };
enum { SEND_INIT = 0x4500, SEND_STARTUP = 0x4600, ANY_TIME = 1000 };

/* The host ends behind the first exit, with the reason in R8. */
static void end_with_reason(struct vmx_program *vp)
{
    code_vmread(&vp->exit, R8, EXIT_REASON);
    code_end(&vp->exit);
}

static void with_timer(struct vmx_program *vp)
{
    vmx_program_init(vp);
    vp->timer = true;
    vp->pin |= PIN_PREEMPTION_TIMER;
    vp->timer_value = ANY_TIME;
    code_end(&vp->other);
}

/* Two stores of a guest; the host, behind the exit, loads both. */
static void two_stores(struct vmx_program *vp)
{
    code_store(&vp->guest, 0, 1);
    code_store(&vp->guest, 1, 1);
    code_end(&vp->guest);
    code_load(&vp->exit, R8, 0);
    code_load(&vp->exit, R9, 1);
    code_end(&vp->exit);
}

/* ---- The timer is as quick as it likes ---- */

/* It comes to 0 before the first store, between the two, or behind them, where it wakes the guest from HLT;
 * and it always does: 0/0, 1/0, 1/1. Core 1 looks on, so that the stores are visible. */
Test(vmx_timer, runs_out_before_any_instruction)
{
    struct vmx_program vp;
    with_timer(&vp);
    two_stores(&vp);
    struct program *p = vmx_program_explore(&vp);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(with_both(1, 0), 1);
    cr_expect_eq(with_both(1, 1), 1);
    cr_expect_not(p->m->knobs.consulted & 1u << KNOB_VMX_TIMER_SAVES);
}

/* 26.6.4: a value of 0 leaves before the first instruction. */
Test(vmx_timer, of_0_runs_out_at_entry)
{
    struct vmx_program vp;
    with_timer(&vp);
    vp.timer_value = 0;
    two_stores(&vp);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(program_vmx->vmcs[0].field[VMCS_EXIT_REASON], 52);
}

/* ... behind an injection, whose handler has not begun (25.5.1, 26.6.4): NMIs go through the guest's IDT. */
Test(vmx_timer, of_0_lets_an_injection_be_delivered)
{
    struct vmx_program vp;
    with_timer(&vp);
    vp.timer_value = 0;
    vp.injection = 0x80000202;
    code_end(&vp.guest);
    end_with_reason(&vp);
    vmx_program_explore(&vp);
    const struct vmcs *v = &program_vmx->vmcs[0];
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with(0, R8, 52), 1);
    cr_expect_eq(with_variable(NMI_COUNTER, 0), 1);
    cr_expect_eq(v->field[VMCS_GUEST_INTERRUPTIBILITY], 1 << 3, "it is in the handler");
    cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0);
}

/* 25.5.1: it ends a loop, HLT and shutdown, and does nothing while the guest waits for a SIPI. */
Test(vmx_timer, ends_a_pause_loop)
{
    struct vmx_program vp;
    with_timer(&vp);
    code_wait_until_set(&vp.guest, 0);
    end_with_reason(&vp);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 1);
    cr_expect_eq(with(0, R8, 52), 1);
}

Test(vmx_timer, ends_shutdown_but_not_wait_for_sipi)
{
    for (unsigned activity = ACTIVITY_SHUTDOWN; activity <= ACTIVITY_SIPI; activity++) {
        struct vmx_program vp;
        with_timer(&vp);
        vp.activity = activity;
        code_end(&vp.guest);
        end_with_reason(&vp);
        vmx_program_explore(&vp);
        cr_expect_eq(states.count, 1);
        cr_expect_eq(with(0, R8, activity == ACTIVITY_SHUTDOWN ? 52 : 0), 1);
    }
}

/* ---- A timer that is stopped, and armed again ---- */

/* The guest executes VMCALL (exit 18) again and again; the host notes two exits: R9, then R8. */
static void two_exits(struct vmx_program *vp)
{
    struct code *c = &vp->exit;
    code_bytes(c, "\x45\x85\xc9\x75\x00", 5); /* test r9d, r9d; jne second */
    unsigned first = c->size;
    code_vmread(c, R9, EXIT_REASON);
    code_vmresume(c);
    c->byte[first - 1] = (uint8_t)(c->size - first);
    code_vmread(c, R8, EXIT_REASON);
    code_end(c);
    code_mov(&vp->guest, R8, 0);
    code_vmcall(&vp->guest);
}

/* Each time it may run out or not: an exit that comes first does not hide that it could have been quicker. */
Test(vmx_timer, both_stays_may_end_either_way)
{
    struct vmx_program vp;
    with_timer(&vp);
    two_exits(&vp);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 4);
    cr_expect_eq(states_with_both(&states, state_word(0, 9), 18, state_word(0, 8), 18), 1);
    cr_expect_eq(states_with_both(&states, state_word(0, 9), 18, state_word(0, 8), 52), 1);
    cr_expect_eq(states_with_both(&states, state_word(0, 9), 52, state_word(0, 8), 18), 1);
    cr_expect_eq(states_with_both(&states, state_word(0, 9), 52, state_word(0, 8), 52), 1);
}

/* With "save VMX-preemption timer value" the 0 of a timer that has run out is saved, and the next entry
 * leaves at once: 52/18 is gone. What is left otherwise is a knob. */
Test(vmx_timer, a_saved_0_runs_out_again)
{
    struct vmx_program vp;
    with_timer(&vp);
    vp.exit_controls |= EXIT_SAVE_PREEMPTION_TIMER;
    two_exits(&vp);
    struct program *p = vmx_program_explore(&vp);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(states_with_both(&states, state_word(0, 9), 52, state_word(0, 8), 18), 0);
    cr_expect(p->m->knobs.consulted & 1u << KNOB_VMX_TIMER_SAVES);
}

/* ... its whole value or 1, never 0. */
Test(vmx_timer, what_is_saved_of_a_running_timer)
{
    for (unsigned knob = 0; knob < 2; knob++) {
        struct vmx_program vp;
        with_timer(&vp);
        vp.exit_controls |= EXIT_SAVE_PREEMPTION_TIMER;
        code_vmread(&vp.exit, R8, EXIT_REASON);
        code_vmread(&vp.exit, R9, PREEMPTION_TIMER);
        code_end(&vp.exit);
        code_vmcall(&vp.guest);
        struct program *p = vmx_program_open(&vp);
        p->m->knobs.value[KNOB_VMX_TIMER_SAVES] = (uint8_t)knob;
        states_of(p);
        cr_expect_eq(states.count, 2);
        cr_expect_eq(with_both(52, 0), 1);
        cr_expect_eq(with_both(18, knob ? 1 : ANY_TIME), 1);
    }
}

/* ---- The timer and what else comes from outside ---- */

/* Both pending: the timer goes first (table 6-2), and the NMI is taken by the host. If the NMI exits, it has
 * gone, and the timer is too late. */
Test(vmx_timer, comes_before_an_nmi)
{
    struct vmx_program vp;
    with_timer(&vp);
    vp.other.size = 0;
    code_begin(&vp.other, 2);
    code_send(&vp.other, SEND_NMI, 0);
    code_end(&vp.other);
    code_vmread(&vp.exit, R8, EXIT_REASON);
    code_mov(&vp.exit, R9, 1);
    code_end(&vp.exit);
    code_end(&vp.guest);
    vmx_program_explore(&vp);
    cr_expect_eq(with(0, R9, 1), states.count);
    cr_expect_eq(states_with_both(&states, state_word(0, 8), 0, NMI_COUNTER, 0), 1);
    cr_expect_eq(states_with_both(&states, state_word(0, 8), 52, NMI_COUNTER, 1), 1);
    cr_expect_eq(states.count, 2);
}

/* Interrupts go to the guest; its handler looks at its store. The timer cuts in anywhere. */
Test(vmx_timer, and_interrupts_of_the_guest)
{
    struct vmx_program vp;
    with_timer(&vp);
    vp.pin = PIN_PREEMPTION_TIMER;
    vp.rflags = 0x202;
    vp.other.size = 0;
    code_begin(&vp.other, 2);
    code_send(&vp.other, INTERRUPT_LOW, 0);
    code_end(&vp.other);
    code_store(&vp.guest, 0, 1);
    code_end(&vp.guest);
    code_load(&vp.handler, R9, 0);
    code_store(&vp.handler, 1, 1);
    end_with_reason(&vp);
    vmx_program_explore(&vp);
    cr_expect_eq(with(0, R8, 52), states.count, "it always runs out in the end");
    cr_expect_gt(with_variable(INTERRUPT_COUNTER, 0), 0);
    cr_expect_gt(states_with_both(&states, state_word(0, 9), 0, 1, 1), 0, "before the store");
    cr_expect_gt(states_with_both(&states, state_word(0, 9), 1, 1, 1), 0, "behind it");
    cr_expect_gt(states_with_both(&states, INTERRUPT_COUNTER, 1, 1, 0), 0, "cut off in the handler");
}

/* ---- Windows ---- */

/* An injected NMI is in its handler when another one comes, or not: with virtual NMIs it leaves at once.
 * Exit 8 comes behind the IRET. In R9 how many handlers had counted at the exit; a NMI that came before the
 * entry was taken by the host, and so is one behind exit 8. */
Test(vmx_windows, nmi_window_and_an_nmi)
{
    struct vmx_program vp;
    vmx_program_init(&vp);
    vp.model = MEMORY_SC; /* the handler's stack is visible: DFS is too slow with its drains */
    vp.pin |= PIN_VIRTUAL_NMIS;
    vp.proc = PROC_NMI_WINDOW;
    vp.injection = 0x80000202;
    code_end(&vp.guest);
    code_load(&vp.exit, R9, NMI_COUNTER);
    end_with_reason(&vp);
    code_send(&vp.other, SEND_NMI, 0);
    code_end(&vp.other);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 4);
    cr_expect_eq(with_both(0, 0), 1, "before the handler has counted");
    cr_expect_eq(with_both(0, 1), 1, "behind that");
    cr_expect_eq(with_both(8, 1), 1, "behind the window");
    cr_expect_eq(with_both(8, 2), 1, "before the entry");
    cr_expect_eq(with_variable(NMI_COUNTER, 2), 2);
}

/* IF = 0: an external interrupt exits (1) whatever IF is, the window (7) opens behind STI. */
Test(vmx_windows, interrupt_window_and_an_interrupt)
{
    struct vmx_program vp;
    vmx_program_init(&vp);
    vp.proc = PROC_INTERRUPT_WINDOW;
    code_store(&vp.guest, 0, 1);
    code_sti(&vp.guest);
    code_bytes(&vp.guest, "\x90", 1);
    code_store(&vp.guest, 1, 1);
    code_end(&vp.guest);
    code_load(&vp.exit, R9, 0);
    end_with_reason(&vp);
    code_send(&vp.other, INTERRUPT_LOW, 0);
    code_load(&vp.other, R9, 1);
    code_end(&vp.other);
    vmx_program_explore(&vp);
    cr_expect_eq(with_variable(1, 1), 0, "the window comes before it");
    cr_expect_eq(with_both(1, 0), 1, "before the first store");
    cr_expect_eq(with_both(1, 1), 1, "behind it");
    cr_expect_eq(with_both(7, 1), 1);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_variable(INTERRUPT_COUNTER, 0), states.count, "the host has IF = 0");
}

/* ---- INIT and start-up ---- */

/* INIT leaves the guest at any boundary; one that comes before the entry waits for it. */
Test(vmx_init, leaves_at_any_boundary)
{
    struct vmx_program vp;
    vmx_program_init(&vp);
    two_stores(&vp);
    code_send(&vp.other, SEND_INIT, 0);
    code_end(&vp.other);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 3);
    cr_expect_eq(with_both(0, 0), 1);
    cr_expect_eq(with_both(1, 0), 1);
    cr_expect_eq(with_both(1, 1), 1);
}

/* ... also where the guest takes neither interrupts nor NMIs. */
Test(vmx_init, asks_neither_if_nor_the_blocking_of_nmis)
{
    struct vmx_program vp;
    vmx_program_init(&vp);
    vp.pin = 0;
    vp.interruptibility = 1 << 3;
    two_stores(&vp);
    code_send(&vp.other, SEND_INIT, 0);
    code_end(&vp.other);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 3);
}

/* A start-up IPI that comes before the entry to wait-for-SIPI is lost (R8 = 0); otherwise it exits. */
Test(vmx_init, startup_before_the_entry_is_lost)
{
    struct vmx_program vp;
    vmx_program_init(&vp);
    vp.activity = ACTIVITY_SIPI;
    code_end(&vp.guest);
    end_with_reason(&vp);
    code_send(&vp.other, SEND_STARTUP | 0x9a, 0);
    code_end(&vp.other);
    vmx_program_explore(&vp);
    cr_expect_eq(states.count, 2);
    cr_expect_eq(with(0, R8, 4), 1);
    cr_expect_eq(with(0, R8, 0), 1);
}
