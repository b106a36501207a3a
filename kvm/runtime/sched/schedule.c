/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who runs next, and going there; see sched.h.
 */
#include "sched.h"

void enqueue_task(struct rq *rq, struct task_struct *task)
{
    struct task_struct **link = &rq->first;

    while (*link && (*link)->prio >= task->prio)
        link = &(*link)->next;
    task->next = *link;
    *link = task;
    task->on_rq = 1;
}

void dequeue_task(struct rq *rq, struct task_struct *task)
{
    struct task_struct **link = &rq->first;

    while (*link != task)
        link = &(*link)->next;
    *link = task->next;
    task->on_rq = 0;
}

/* On the stack of the thread that has been switched to: the queue has been locked by the other. */
static void finish_task_switch(void)
{
    struct task_struct *task = current;
    struct rq *rq = this_rq();

    raw_spin_unlock(&rq->lock);
    local_irq_enable();
    if (task->notifier)
        task->notifier->sched_in(task->notifier, rq->cpu);
}

/* The idle thread always runs with preemption off: it looks by itself. */
void allow_preemption(void)
{
    if (current->prio != PRIO_IDLE) {
        preempt_enable();
        preempt_check_resched();
    }
}

/* A new thread begins as if it had called __schedule() with preemption off. */
void schedule_tail(void)
{
    finish_task_switch();
    allow_preemption();
}

static void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
    WRITE_ONCE(rq->curr, next);
    if (prev->notifier)
        prev->notifier->sched_out(prev->notifier, prev);
    region_leave(REGION_BLOCK);
    __switch_to(prev, next);
    finish_task_switch();
}

/*
 * The state is tested under the lock that wakers take: one that comes before finds the thread still
 * queued and only resets its state, one that comes later finds it dequeued. A preempted thread
 * stays queued whatever its state: it has not decided to sleep yet.
 */
static void __schedule(bool preempt)
{
    struct task_struct *prev = current, *next;
    struct rq *rq;

    local_irq_disable();
    rq = this_rq();
    raw_spin_lock(&rq->lock);
    if (!preempt && READ_ONCE(prev->state) != TASK_RUNNING) {
        region_enter(REGION_BLOCK);
        dequeue_task(rq, prev);
    }
    next = rq->first ? rq->first : rq->idle;
    WRITE_ONCE(rq->need_resched, 0);
    if (next != prev) {
        context_switch(rq, prev, next);
        return;
    }
    raw_spin_unlock(&rq->lock);
    local_irq_enable();
}

static void schedule_while_needed(bool preempt)
{
    do {
        preempt_disable();
        __schedule(preempt);
        preempt_enable();
    } while (need_resched());
}

void schedule(void)
{
    schedule_while_needed(false);
}

void preempt_schedule(void)
{
    schedule_while_needed(true);
}

/* On the way out of an interrupt, on the stack of the thread, and back with interrupts off. */
void preempt_schedule_irq(void)
{
    do {
        schedule_while_needed(true);
        local_irq_disable();
    } while (need_resched());
}

void do_exit(void)
{
    __set_current_state(TASK_DEAD);
    schedule();
    BUG();
}

/*
 * STI opens interrupts only behind the next instruction: a wake-up between the test and HLT cannot
 * be taken before it, and ends it. [SDM vol. 2, "STI"] The idle thread is never preempted, it looks.
 */
void cpu_idle(void *unused)
{
    (void)unused;
    for (;;) {
        local_irq_disable();
        while (!need_resched()) {
            asm volatile("sti; hlt" : : : "memory");
            local_irq_disable();
        }
        __schedule(true);
    }
}
