/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host interrupts where there is a scheduler; see sched.h and runtime/interrupt.c.
 *
 * The reschedule interrupt's handler has nothing to do: whoever sent it has set need_resched, which
 * is looked at on the way out of every interrupt.
 */
#include "apic.h"
#include "sched.h"

sched_handler *sched_handlers[16] = {
    [CALL_FUNCTION_SINGLE_VECTOR - SCHED_VECTOR_FIRST] = generic_smp_call_function_single_interrupt,
};

/* True if the thread that was interrupted is to be preempted. */
bool sched_interrupt(u32 vector)
{
    sched_handler *handler = sched_handlers[vector - SCHED_VECTOR_FIRST];

    if (handler)
        handler();
    else if (vector != SPURIOUS_APIC_VECTOR)    /* it sets no ISR bit [SDM 10.9] */
        ack_APIC_irq();
    return irqentry_exit_cond_resched();
}
