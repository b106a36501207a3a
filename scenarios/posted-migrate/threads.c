/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that is preempted and moved, against posted interrupts: the machine and its threads.
 *
 * Core 0 begins with the thread of vCPU 0. A better thread sleeps there; core 1's own thread wakes
 * it, so that it preempts the vCPU, or wakes the vCPU itself, or takes its thread over. A device
 * posts. Ledger as in posted-delivery.
 */
#include "block.h"
#include "guest.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, better_task, core1_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_thread, preempt_thread, preempt_pull_thread, wake_thread;

static void nothing(void *unused)
{
    (void)unused;
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0) {
        guest_init();
        sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
        sched_create(&better_task, cpu, 2, TASK_INTERRUPTIBLE, nothing, NULL);
        block_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    } else {
        sched_create(&core1_task, cpu, 1, TASK_RUNNING, nothing, NULL);
    }
    sched_pick_first(cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

static void preempt(void *unused)
{
    (void)unused;
    wake_up_process(&better_task.task);
}

static void preempt_pull(void *unused)
{
    preempt(unused);
    pull_task(0);
}

/* As a signal would that is gone by the time the vCPU looks for it. */
static void wake(void *unused)
{
    (void)unused;
    kvm_vcpu_wake_up(&vcpus[0]);
}

static void begin(void (*function)(void *argument))
{
    core1_task.task.function = function;
    sched_enter();
}

/* The vCPU is preempted on core 0, and goes on there. */
void preempt_thread(unsigned long cpu)
{
    (void)cpu;
    begin(preempt);
}

/* It is preempted on core 0, and core 1 takes it over if it still waits there. */
void preempt_pull_thread(unsigned long cpu)
{
    (void)cpu;
    begin(preempt_pull);
}

/* Core 1 wakes the vCPU if it sleeps; where it then runs is select_task_rq()'s. */
void wake_thread(unsigned long cpu)
{
    (void)cpu;
    begin(wake);
}
