/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the thread that an interrupt came in to be preempted behind it? See sched.h. A host that is not preemptible never
 * asks; see not_preemptible.h.
 */
#include "sched.h"

bool irqentry_exit_cond_resched(void)
{
    return this_cpu_read(preempt_count) == 0 && need_resched();
}
