/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waking the one waiter; see sched.h.
 */
#include "sched.h"

/*
 * The barrier stands between the waker's condition and the look for a waiter; on the other side it
 * is set_current_state(), between the waiter's state and its look at the condition.
 */
bool rcuwait_wake_up(struct rcuwait *w)
{
    struct task_struct *task;

    smp_mb();
    task = READ_ONCE(w->task);
    return task && wake_up_process(task);
}
