/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread of core 0 that is better than that of vCPU 0. It sleeps, and in some variants an interrupt wakes it just as vCPU 0
 * is about to block, or stops blocking.
 */
#include "sched.h"

extern union thread_union better_task;

/* Here comes such an interrupt, the first time. Behind it the other thread runs, unless preemption is off. */
static inline void preempted_here(void)
{
    wake_up_process(&better_task.task);
    preempt_check_resched();
}
