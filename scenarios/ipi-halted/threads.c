/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs to a virtual CPU that blocks: the machine and its threads.
 *
 * Core 0 runs the thread of vCPU 0, whose guest halts with an exit, and its idle thread while that
 * sleeps. A better thread sleeps there too, and preempts vCPU 0 in some variants. Core 1 runs vCPU 1,
 * whose guest sends an IPI to vCPU 0 by writing the ICR and then halts inside. Ledger as in
 * posted-delivery.
 */
#include "block.h"
#include "guest.h"
#include "ipi/guest_ipi.h"
#include "ipiv/ipiv.h"

#define VECTOR 0x41

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("pid_table", pid_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, vcpu1_task, better_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_thread, vcpu0_preempted_thread;
image_thread_fn vcpu1_thread;

static void nothing(void *unused)
{
    (void)unused;
}

static void create_vcpu(unsigned long cpu, union thread_union *thread)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    sched_create(thread, cpu, 1, TASK_RUNNING, vcpu_thread, vcpu);
    block_create_vcpu(vcpu, cpu, cpu, thread);
    ipiv_init_vcpu(vcpu);
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    vmcs_writel(GUEST_RFLAGS, vmcs_readl(GUEST_RFLAGS) | X86_EFLAGS_IF);
}

/* Its guest stays inside when it halts: it has nothing to do any more. */
static void set_up_sender(void)
{
    create_vcpu(1, &vcpu1_task);
    vmcs_writel(GUEST_RIP, (u64)guest_ipi_main);
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                 vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) & ~CPU_BASED_HLT_EXITING);
}

static void set_up_target(void)
{
    guest_init();
    create_vcpu(0, &vcpu0_task);
    sched_create(&better_task, 0, 2, TASK_INTERRUPTIBLE, nothing, NULL);
    if (image_thread[0] == vcpu0_preempted_thread)
        halt_vcpu(&vcpus[0]);
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0)
        set_up_target();
    if (cpu == 1)
        set_up_sender();
    sched_pick_first(cpu);
}

/* ---- Threads ---- */

/* From the vCPU's first guest entry on. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* As an interrupt would whose handler wakes the better thread. */
static void preempted_vcpu(void *vcpu)
{
    wake_up_process(&better_task.task);
    preempt_schedule();
    vcpu_run(vcpu);
}

/* From behind the exit of its guest's HLT on; it is preempted before it looks for interrupts. */
void vcpu0_preempted_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu0_task.task.function = preempted_vcpu;
    sched_enter();
}

void vcpu1_thread(unsigned long cpu)
{
    (void)cpu;
    vcpus[1].gprs[GUEST_IPI_FIRST] = VECTOR;
    vcpus[1].gprs[GUEST_IPI_TARGET] = 0;
    sched_enter();
}
