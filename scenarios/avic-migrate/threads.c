/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt by AVIC for a vCPU that moves to another CPU: the machine and its threads.
 *
 * vCPU 0 begins on core 0, where a better thread sleeps; core 1 takes vCPU 0 over while it waits behind that one. The
 * better thread is that of vCPU 1, whose guest sends an IPI to vCPU 0; or it sends nothing, and core 2 sends for an emulated
 * device. The ledger as in posted-delivery.
 */
#include "avic/avic.h"
#include "avic/preempted.h"
#include "xapic/guest_xapic.h"

#define VECTOR_ONE 0x41     /* both of different priority classes: neither hides the other */
#define VECTOR_TWO 0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, core1_task;
union thread_union better_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);
IMAGE_STATE("vcpu1.state", better_task.task.state);
IMAGE_STATE("vcpu1.on_rq", better_task.task.on_rq);

image_thread_fn vcpu0_unblocks_thread, vcpu0_enters_thread, pull_thread, device_thread;

/* ---- Core 0 ---- */

static void create_vcpu(int id, unsigned long cpu, union thread_union *thread, void (*guest)(void))
{
    svm_create_vcpu(&vcpus[id], id, cpu, thread);
    to_svm(&vcpus[id])->vmcb->rip = (u64)guest;
    vcpus[id].gprs[GUEST_XAPIC_FIRST] = VECTOR_ONE;
}

/* Its guest stays awake up to the first interrupt of vector one, and then halts inside. */
static void create_vcpu0(unsigned long cpu)
{
    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    create_vcpu(0, cpu, &vcpu0_task, guest_xapic_wait_main);
    svm_halt_inside(&vcpus[0]);
}

/* Not loaded yet. Its guest sends vector one, if there is one, to the vCPU with id 0, and then halts for ever with an
 * exit. */
static void create_vcpu1(unsigned long cpu)
{
    sched_create(&better_task, cpu, 2, TASK_INTERRUPTIBLE, vcpu_thread, &vcpus[1]);
    create_vcpu(1, cpu, &better_task, guest_xapic_send_main);
    kvm_arch_vcpu_put(&vcpus[1]);
}

/* As from the run loop's decision to block on. */
static void blocking_vcpu(void *vcpu)
{
    kvm_vcpu_halt(vcpu);
    to_block(vcpu)->mp_state = KVM_MP_STATE_RUNNABLE;
    vcpu_thread(vcpu);
}

/* Behind that decision there has come an interrupt: it will not sleep. */
static void halt_with_interrupt(struct kvm_vcpu *vcpu)
{
    vcpu0_task.task.function = blocking_vcpu;
    *apic_irr_reg(vcpu->apic_regs, VECTOR_TWO / APIC_VECTORS_PER_REG) |= 1u << VECTOR_TWO % APIC_VECTORS_PER_REG;
    guest_count_post(VECTOR_TWO);
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    to_svm(vcpu)->vmcb->rflags |= X86_EFLAGS_IF;
}

/* The better thread has just been woken, and the host is not preemptible: the first look at need_resched is that of guest
 * entry, in guest mode. */
static void entering_vcpu(void *vcpu)
{
    wake_up_process(&better_task.task);
    vcpu_thread(vcpu);
}

static void pull(void *unused)
{
    (void)unused;
    pull_task(0);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0) {
        create_vcpu0(cpu);
        create_vcpu1(cpu);
        if (image_thread[0] == vcpu0_unblocks_thread) {
            halt_with_interrupt(&vcpus[0]);
        } else {
            vcpus[1].gprs[GUEST_XAPIC_FIRST] = 0;
            vcpu0_task.task.function = entering_vcpu;
        }
    }
    if (cpu == 1)
        sched_create(&core1_task, cpu, 1, TASK_RUNNING, pull, NULL);
    sched_pick_first(cpu);
}

/* It finds an interrupt as it is about to block. */
void vcpu0_unblocks_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From its first guest entry on, from which it backs out. */
void vcpu0_enters_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* ---- Other cores ---- */

/* Takes vCPU 0 over if it waits, once. */
void pull_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* An emulated device, from the host. */
void device_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_ONE);
    note_value("the device sends %#x", VECTOR_ONE);
    svm_deliver_interrupt(&vcpus[0], VECTOR_ONE);
}
