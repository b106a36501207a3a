/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a thread from another queue, as a CPU does that is about to be idle; see sched.h.
 */
#include "sched.h"

/* In the order of their numbers, so that two CPUs cannot wait for each other. */
static void double_rq_lock(struct rq *a, struct rq *b)
{
    raw_spin_lock(a->cpu < b->cpu ? &a->lock : &b->lock);
    raw_spin_lock(a->cpu < b->cpu ? &b->lock : &a->lock);
}

static struct task_struct *first_waiting(struct rq *rq)
{
    struct task_struct *task = rq->first;

    while (task && task == rq->curr)
        task = task->next;
    return task;
}

bool pull_task(int from)
{
    unsigned long flags = local_irq_save();
    struct rq *rq = this_rq(), *other = &runqueues[from];
    struct task_struct *task;

    double_rq_lock(rq, other);
    task = first_waiting(other);
    if (task) {
        dequeue_task(other, task);
        WRITE_ONCE(task->cpu, rq->cpu);
        enqueue_task(rq, task);
    }
    raw_spin_unlock(&other->lock);
    raw_spin_unlock(&rq->lock);
    local_irq_restore(flags);
    return task;
}
