/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread that is woken stays where it was; see sched.h.
 */
#include "sched.h"

int select_task_rq(struct task_struct *task)
{
    return task->cpu;
}
