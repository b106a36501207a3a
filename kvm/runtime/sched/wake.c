/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waking and moving threads; see sched.h.
 */
#include "apic.h"
#include "sched.h"

/* The flag first: who takes the IPI looks at it. The queue's lock is held. */
void resched_curr(struct rq *rq)
{
    WRITE_ONCE(rq->need_resched, 1);
    if (rq->cpu != this_cpu_read(cpu_number))
        smp_send_reschedule(rq->cpu);
}

static void check_preempt_curr(struct rq *rq, const struct task_struct *task)
{
    if (task->prio > rq->curr->prio)
        resched_curr(rq);
}

/* The task may move until its queue is locked. */
static struct rq *task_rq_lock(struct task_struct *task)
{
    for (;;) {
        struct rq *rq = &runqueues[READ_ONCE(task->cpu)];

        raw_spin_lock(&rq->lock);
        if (likely(rq->cpu == READ_ONCE(task->cpu)))
            return rq;
        raw_spin_unlock(&rq->lock);
    }
}

/* It sleeps and is off its queue, and its state keeps other wakers away. */
static struct rq *move_sleeper(struct rq *rq, struct task_struct *task, int cpu)
{
    WRITE_ONCE(task->cpu, cpu);
    raw_spin_unlock(&rq->lock);
    rq = &runqueues[cpu];
    raw_spin_lock(&rq->lock);
    return rq;
}

bool wake_up_process(struct task_struct *task)
{
    unsigned long flags = local_irq_save();
    struct rq *rq = task_rq_lock(task);
    bool woken = READ_ONCE(task->state) == TASK_INTERRUPTIBLE;

    if (woken) {
        WRITE_ONCE(task->state, TASK_RUNNING);
        if (!task->on_rq) {
            int cpu = select_task_rq(task);

            if (cpu != rq->cpu)
                rq = move_sleeper(rq, task, cpu);
            enqueue_task(rq, task);
            check_preempt_curr(rq, task);
        }
    }
    raw_spin_unlock(&rq->lock);
    local_irq_restore(flags);
    return woken;
}

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
