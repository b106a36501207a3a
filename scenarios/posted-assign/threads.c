/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices are assigned and taken away while a vCPU sleeps: the machine and its threads.
 *
 * Core 0 runs the thread of vCPU 0, whose guest has halted, and its idle thread. Core 1 is the host's: it counts the
 * devices. The device may post at any time, also before it counts: what its remapping entry says until then,
 * and how that is switched, is irte-switch. Ledger as in posted-delivery.
 */
#include "assign.h"
#include "guest.h"

#define GUEST_VECTOR    0x41
#define HOST_CPU        1

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("devices", assigned_device_count);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_thread, plug_thread, replug_thread;

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    vmcs_writel(GUEST_RFLAGS, vmcs_readl(GUEST_RFLAGS) | X86_EFLAGS_IF);
}

/* As kvm_vcpu_block() left it when there was no device; who wakes it has it go on behind its wait. Once its guest has run there
 * is nothing to wake it for any more, and it stays inside when it halts. */
static void sleep_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->wait.task = &vcpu0_task.task;
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                 vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) & ~CPU_BASED_HLT_EXITING);
}

static void set_up_core0(void)
{
    bool asleep = image_thread[HOST_CPU] == plug_thread;

    guest_init();
    sched_create(&vcpu0_task, 0, 1, asleep ? TASK_INTERRUPTIBLE : TASK_RUNNING, vcpu_thread, &vcpus[0]);
    block_create_vcpu(&vcpus[0], 0, 0, &vcpu0_task);
    halt_vcpu(&vcpus[0]);
    if (asleep)
        sleep_vcpu(&vcpus[0]);
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0)
        set_up_core0();
    if (image_thread[HOST_CPU] == replug_thread)
        assigned_device_count = 1;
    sched_pick_first(cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The first device comes. */
void plug_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_arch_start_assignment();
}

/* The only device goes, another CPU's interrupt wakes the vCPU, and a device comes. */
void replug_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_arch_end_assignment();
    guest_count_post(GUEST_VECTOR);
    vmx_deliver_posted_interrupt(&vcpus[0], GUEST_VECTOR);
    kvm_arch_start_assignment();
}
