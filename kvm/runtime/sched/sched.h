/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small preemptible scheduler: threads, a run queue a CPU, wake-ups, migration.
 *
 * What Linux's has that races of KVM can see: task state set before the last look and tested under
 * the lock; a reschedule IPI to the CPU whose queue has got something better; preemption where
 * preempt_count drops to 0 and on the way out of an interrupt; notifiers that run under the queue's
 * lock when a thread leaves and without it when it is back; the idle thread's sti; hlt.
 *
 * Simpler than Linux: the lock of a queue guards everything of a task but its state, so there is no
 * pi_lock and no on_cpu; it is held across the switch, so who holds it finds no task half switched
 * out. Fixed priorities. Left out: time slices, balancing by load, user mode, signals.
 *
 * Each thread has a stack of its own with its task at the bottom. Interrupt handlers run on the
 * stack of their core, and preemption behind them on that of the thread (sched/entry.S).
 */
#ifndef IRQWEAVE_KVM_RUNTIME_SCHED_H
#define IRQWEAVE_KVM_RUNTIME_SCHED_H

#define THREAD_SIZE 4096
#define TASK_RSP    0           /* offsets in task_struct, for entry.S */
#define TASK_NUMBER 8

#ifndef __ASSEMBLER__

#include "image.h"
#include "spinlock.h"

/* task_struct.state */
#define TASK_RUNNING        0
#define TASK_INTERRUPTIBLE  1
#define TASK_DEAD           0x80

#define PRIO_IDLE           0   /* higher numbers go first */

struct task_struct;

struct preempt_notifier {
    void (*sched_in)(struct preempt_notifier *notifier, int cpu);
    void (*sched_out)(struct preempt_notifier *notifier, struct task_struct *prev);
};

struct task_struct {
    u64 rsp;                    /* while it is switched out */
    u64 number;                 /* for the simulator: REGION_THREAD in marker.h */
    u32 state;
    int cpu;                    /* whose queue it is or was on */
    int prio;
    u32 on_rq;                  /* runnable: on that queue, running or not */
    struct task_struct *next;   /* behind it on that queue */
    struct preempt_notifier *notifier;
    void (*function)(void *argument);
    void *argument;
};
static_assert(offsetof(struct task_struct, rsp) == TASK_RSP, "entry.S");
static_assert(offsetof(struct task_struct, number) == TASK_NUMBER, "entry.S");

union thread_union {
    struct task_struct task;
    u8 stack[THREAD_SIZE];
} __aligned(THREAD_SIZE);

struct rq {
    raw_spinlock_t lock;
    u32 need_resched;           /* of the thread that runs here; set by anyone under the lock */
    int cpu;
    struct task_struct *curr, *idle;
    struct task_struct *first;  /* runnable ones, best first, without idle */
} __aligned(64);

extern struct rq runqueues[NR_CPUS];

/* Set-up, on each core with IF = 0: queue and idle thread; interrupts go to sched/entry.S. */
void sched_init(unsigned long cpu);
/* A thread that begins on `cpu`, runnable at once or (TASK_INTERRUPTIBLE) when it is woken. */
void sched_create(union thread_union *thread, unsigned long cpu, int prio, u32 state,
                  void (*function)(void *argument), void *argument);
/* The best thread of this core runs; called at the end of its set-up, with sched_enter() as the
 * core's own thread: it does not come back. */
void sched_pick_first(unsigned long cpu);
void sched_enter(void);
void do_exit(void) __attribute__((noreturn));

static __always_inline struct task_struct *current_task(void)
{
    u64 rsp;

    asm("mov %%rsp, %0" : "=r"(rsp));
    return &((union thread_union *)(rsp & -THREAD_SIZE))->task;
}
#define current current_task()

static __always_inline struct rq *this_rq(void)
{
    return &runqueues[this_cpu_read(cpu_number)];
}

/* A stale queue, after preemption between the two, can only lead to a call too many of schedule(). */
static __always_inline bool need_resched(void)
{
    return READ_ONCE(this_rq()->need_resched);
}

/* A full barrier between the store of the state and the test of what the thread waits for. */
static __always_inline void set_current_state(u32 state)
{
    xchg32(&current->state, state);
}

static __always_inline void __set_current_state(u32 state)
{
    WRITE_ONCE(current->state, state);
}

void schedule(void);
void preempt_schedule(void);
void preempt_schedule_irq(void);

/* Behind preempt_enable(). Linux has both in one; here code without a scheduler has the first. */
static __always_inline void preempt_check_resched(void)
{
    if (this_cpu_read(preempt_count) == 0 && need_resched())
        preempt_schedule();
}

/* True if the task slept, or was about to, and runs again because of this call. */
bool wake_up_process(struct task_struct *task);
/* Where a task that is woken shall run; a scenario may replace it. */
int select_task_rq(struct task_struct *task);
/* Takes a thread that waits for its turn on another CPU; it runs here when the caller gives way. */
bool pull_task(int from);

/* For the files of kvm/runtime/sched. The lock of the queue is held. */
void enqueue_task(struct rq *rq, struct task_struct *task);
void dequeue_task(struct rq *rq, struct task_struct *task);
void resched_curr(struct rq *rq);
struct task_struct *__switch_to(struct task_struct *prev, struct task_struct *next);
void __sched_start(struct task_struct *first) __attribute__((noreturn));
extern const u8 task_entry[], sched_interrupt_stubs[];
void schedule_tail(void);
void sched_started(void) __attribute__((noreturn));
void allow_preemption(void);
void task_run(void) __attribute__((noreturn));
void cpu_idle(void *unused);
bool sched_interrupt(u32 vector);

/* A variant may replace it. */
bool irqentry_exit_cond_resched(void);

/* Runs `function` on another CPU, in an interrupt, and waits. The caller's interrupts are on. */
void smp_call_function_single(int cpu, void (*function)(void *argument), void *argument);
void generic_smp_call_function_single_interrupt(void);

/* Handlers of interrupts, each with its own EOI; without one there is nothing but the EOI. */
#define SCHED_VECTOR_FIRST          0xf0
#define CALL_FUNCTION_SINGLE_VECTOR 0xfb
typedef void sched_handler(void);
extern sched_handler *sched_handlers[16];

/* Waiting for one condition, one waiter. Upstream's rcuwait without RCU: tasks are never freed. */
struct rcuwait {
    struct task_struct *task;
};

static inline void prepare_to_rcuwait(struct rcuwait *w)
{
    smp_store_release(&w->task, current);
}

static inline void finish_rcuwait(struct rcuwait *w)
{
    WRITE_ONCE(w->task, NULL);
    __set_current_state(TASK_RUNNING);
}

static inline bool rcuwait_active(struct rcuwait *w)
{
    return READ_ONCE(w->task) != NULL;
}

bool rcuwait_wake_up(struct rcuwait *w);

#endif
#endif
