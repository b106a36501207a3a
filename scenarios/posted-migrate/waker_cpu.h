/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread that is woken runs next on the CPU of the waker.
 */
#include "block.h"

int select_task_rq(struct task_struct *task)
{
    (void)task;
    return this_cpu_read(cpu_number);
}
