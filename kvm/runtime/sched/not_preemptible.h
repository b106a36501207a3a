/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For variants: a host whose kernel is not preempted behind interrupts (CONFIG_PREEMPT_NONE, CONFIG_PREEMPT_VOLUNTARY).
 * The handler of the reschedule interrupt does nothing but its EOI then.
 */
#include "sched.h"

bool irqentry_exit_cond_resched(void)
{
    return false;
}
