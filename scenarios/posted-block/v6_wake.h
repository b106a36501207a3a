/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The waker looks for a waiter without a barrier of its own.
 */
#include "block.h"

bool rcuwait_wake_up(struct rcuwait *w)
{
    struct task_struct *task = READ_ONCE(w->task);  /* V0: behind smp_mb() */

    return task && wake_up_process(task);
}
