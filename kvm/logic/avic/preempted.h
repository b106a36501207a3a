/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For scenarios and variants: a thread that is better than that of a vCPU on the same core. It sleeps, and an interrupt wakes it
 * in the middle of something.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AVIC_PREEMPTED_H
#define IRQWEAVE_KVM_LOGIC_AVIC_PREEMPTED_H

#include "sched.h"

extern union thread_union better_task;      /* the scenario's */

/* Here comes such an interrupt, the first time. Behind it the other thread runs, unless preemption is off. */
static inline void preempted_here(void)
{
    wake_up_process(&better_task.task);
    preempt_check_resched();
}

#endif
