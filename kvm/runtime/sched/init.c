/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues, threads and the idle thread as set-up builds them; see sched.h.
 */
#include "desc.h"
#include "sched.h"

#define SAVED_REGISTERS 6       /* that __switch_to pops before it returns */

struct rq runqueues[NR_CPUS];
static union thread_union idle_threads[NR_CPUS];
static u64 last_number;

static void init_task(union thread_union *thread, unsigned long cpu, int prio,
                      void (*function)(void *argument), void *argument)
{
    u64 *top = (u64 *)(thread->stack + THREAD_SIZE);

    top[-1] = (u64)task_entry;
    thread->task = (struct task_struct) {
        .rsp = (u64)(top - 1 - SAVED_REGISTERS),
        .number = ++last_number,
        .cpu = cpu,
        .prio = prio,
        .function = function,
        .argument = argument,
    };
}

void sched_init(unsigned long cpu)
{
    struct rq *rq = &runqueues[cpu];

    if (cpu == 0)
        for (int i = 0; i < 16; i++)
            gate_init(&idt_table[SCHED_VECTOR_FIRST + i], (u64)&sched_interrupt_stubs[16 * i],
                      IST_INTERRUPT);
    init_task(&idle_threads[cpu], cpu, PRIO_IDLE, cpu_idle, NULL);
    rq->cpu = cpu;
    rq->idle = &idle_threads[cpu].task;
}

void sched_create(union thread_union *thread, unsigned long cpu, int prio, u32 state,
                  void (*function)(void *argument), void *argument)
{
    init_task(thread, cpu, prio, function, argument);
    thread->task.state = state;
    if (state == TASK_RUNNING)
        enqueue_task(&runqueues[cpu], &thread->task);
}

/* Until its thread runs, interrupts find the boot stack, which is nobody's: there is no preemption before. */
void sched_pick_first(unsigned long cpu)
{
    struct rq *rq = &runqueues[cpu];

    rq->curr = rq->first ? rq->first : rq->idle;
    preempt_disable();
}

void sched_enter(void)
{
    __sched_start(this_rq()->curr);
}

void sched_started(void)
{
    allow_preemption();
    task_run();
}

void task_run(void)
{
    struct task_struct *task = current;

    task->function(task->argument);
    do_exit();
}
