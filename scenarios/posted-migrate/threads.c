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
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, better_task, core1_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_thread, vcpu0_preempted_thread, vcpu0_halted_thread;
image_thread_fn preempt_thread, pull_thread, wake_thread;

static void nothing(void *unused)
{
    (void)unused;
}

/* As kvm_sched_out() leaves it: the better thread has preempted it before its first guest entry. */
static void preempt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->preempted = true;
    vmx_vcpu_pi_put(vcpu);
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    vmcs_writel(GUEST_RFLAGS, vmcs_readl(GUEST_RFLAGS) | X86_EFLAGS_IF);
}

static void set_up_core0(void)
{
    bool preempted = image_thread[0] == vcpu0_preempted_thread;

    guest_init();
    sched_create(&vcpu0_task, 0, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    sched_create(&better_task, 0, 2, preempted ? TASK_RUNNING : TASK_INTERRUPTIBLE, nothing, NULL);
    block_create_vcpu(&vcpus[0], 0, 0, &vcpu0_task);
    if (preempted)
        preempt_vcpu(&vcpus[0]);
    if (image_thread[0] == vcpu0_halted_thread)
        halt_vcpu(&vcpus[0]);
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0)
        set_up_core0();
    else
        sched_create(&core1_task, cpu, 1, TASK_RUNNING, nothing, NULL);
    sched_pick_first(cpu);
}

/* The vCPU's first guest entry. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The same, but it waits behind the better thread, which ends. */
void vcpu0_preempted_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* Its guest has halted. */
void vcpu0_halted_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

static void preempt(void *unused)
{
    (void)unused;
    wake_up_process(&better_task.task);
}

static void pull(void *unused)
{
    (void)unused;
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

/* Core 1 takes the vCPU's thread over if it waits on core 0. */
void pull_thread(unsigned long cpu)
{
    (void)cpu;
    begin(pull);
}

/* Core 1 wakes the vCPU if it sleeps; where it then runs is select_task_rq()'s. */
void wake_thread(unsigned long cpu)
{
    (void)cpu;
    begin(wake);
}
