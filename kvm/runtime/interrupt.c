/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host interrupt and exception handlers.
 *
 * The handler of the notification vector acknowledges and does nothing else, as in Linux: a posted
 * interrupt whose notification arrives in the host waits for the next guest entry to find it. The
 * reschedule handler is as empty; its work is the VM exit that the IPI forces. Neither touches
 * memory that another core can see. Left out: statistics, the wake-up list behind
 * POSTED_INTR_WAKEUP_VECTOR.
 */
#include "interrupt.h"

#include "apic.h"

#define VECTOR_NMI 2
#define VECTOR_UD  6

static void ack_only(u32 vector)
{
    (void)vector;
    ack_APIC_irq();
}

/* A spurious interrupt sets no ISR bit and gets no EOI. [SDM 10.9] */
static void spurious_interrupt(u32 vector)
{
    (void)vector;
}

static void unexpected_interrupt(u32 vector)
{
    note_value("unexpected interrupt %#x", vector);
    BUG();
}

interrupt_handler *const interrupt_handlers[256] = {
    [0 ... POSTED_INTR_NESTED_VECTOR - 1] = unexpected_interrupt,
    [POSTED_INTR_NESTED_VECTOR] = ack_only,
    [POSTED_INTR_WAKEUP_VECTOR] = ack_only,
    [POSTED_INTR_VECTOR] = ack_only,
    [POSTED_INTR_VECTOR + 1 ... RESCHEDULE_VECTOR - 1] = unexpected_interrupt,
    [RESCHEDULE_VECTOR] = ack_only,
    [RESCHEDULE_VECTOR + 1] = unexpected_interrupt,
    [SPURIOUS_APIC_VECTOR] = spurious_interrupt,
};

/* The ud2 of a WARN is followed by its marker; see compiler.h. */
static bool is_warn(const u8 *ud2)
{
    return ud2[2] == MARKER_BYTE_0 && ud2[3] == MARKER_BYTE_1 && ud2[4] == MARKER_BYTE_2 &&
           ud2[5] == MARKER_SIB(MARKER_WARN);
}

/* The simulator reports a fault by itself; this is for silicon. */
void do_exception(struct pt_regs *regs)
{
    if (regs->vector == VECTOR_NMI)
        return;
    if (regs->vector == VECTOR_UD && is_warn((const u8 *)regs->rip)) {
        regs->rip += 2;
        return;
    }
    note_value("exception %#x", regs->vector);
    for (;;)
        asm volatile("cli; hlt" : : : "memory");
}
