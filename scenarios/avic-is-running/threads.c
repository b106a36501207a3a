/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs of AVIC to a virtual CPU that blocks: the machine and its threads.
 *
 * Core 0 runs the thread of vCPU 0, whose guest halts with an exit, and its idle thread while that sleeps. A better
 * thread sleeps there too, and preempts vCPU 0 in some variants. Core 1 runs vCPU 1, whose guest sends IPIs by writing the
 * ICR and then halts inside, or it sends for an emulated device. The ledger as in posted-delivery.
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

static union thread_union vcpu0_task, vcpu1_task;
union thread_union better_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);
IMAGE_STATE("vcpu1.state", vcpu1_task.task.state);
IMAGE_STATE("vcpu1.on_rq", vcpu1_task.task.on_rq);

image_thread_fn vcpu0_thread, vcpu0_halted_thread, vcpu0_awake_thread;
image_thread_fn vcpu1_one_thread, vcpu1_two_thread, vcpu1_logical_thread, vcpu1_others_thread, device_thread;

static void nothing(void *unused)
{
    (void)unused;
}

static void create_vcpu(unsigned long cpu, union thread_union *thread, void (*guest)(void))
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    sched_create(thread, cpu, 1, TASK_RUNNING, vcpu_thread, vcpu);
    svm_create_vcpu(vcpu, cpu, cpu, thread);
    to_svm(vcpu)->vmcb->rip = (u64)guest;
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    vmcb->rflags |= X86_EFLAGS_IF;
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0) {
        create_vcpu(0, &vcpu0_task, guest_xapic_pass_main);
        sched_create(&better_task, 0, 2, TASK_INTERRUPTIBLE, nothing, NULL);
        if (image_thread[0] == vcpu0_halted_thread)
            halt_vcpu(&vcpus[0]);
    }
    if (cpu == 1 && image_thread[1] != device_thread) {
        create_vcpu(1, &vcpu1_task, guest_xapic_send_main);
        svm_halt_inside(&vcpus[1]);
    }
    sched_pick_first(cpu);
}

/* ---- Threads ---- */

/* From the vCPU's first guest entry on. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From behind the exit of its guest's HLT on. */
void vcpu0_halted_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The same, but its guest takes its first interrupt before it halts. */
void vcpu0_awake_thread(unsigned long cpu)
{
    (void)cpu;
    to_svm(&vcpus[0])->vmcb->rip = (u64)guest_xapic_wait_main;
    vcpus[0].gprs[GUEST_XAPIC_FIRST] = VECTOR_ONE;
    sched_enter();
}

static void send(int first, int second, u32 icrh, u32 icrl)
{
    u64 *gprs = vcpus[1].gprs;

    gprs[GUEST_XAPIC_FIRST] = first;
    gprs[GUEST_XAPIC_SECOND] = second;
    gprs[GUEST_XAPIC_ICRH] = icrh;
    gprs[GUEST_XAPIC_ICRL] = icrl;
    sched_enter();
}

/* To vCPU 0 by its physical id, which is 0. */
void vcpu1_one_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, 0, 0, 0);
}

/* The second when the first has been handled. */
void vcpu1_two_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, VECTOR_TWO, 0, 0);
}

/* By its logical id. */
void vcpu1_logical_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, 0, 1u << 24, APIC_DEST_LOGICAL);
}

/* To all but the sender. */
void vcpu1_others_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, 0, 0, APIC_SHORTHAND_ALLBUT);
}

/* An emulated device, from the host; no vCPU 1 then. The region as around a guest's write to the ICR. */
void device_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_ONE);
    note_value("the device sends %#x", VECTOR_ONE);
    region_enter(REGION_NOTIFY);
    svm_deliver_interrupt(&vcpus[0], VECTOR_ONE);
    region_leave(REGION_NOTIFY);
}
