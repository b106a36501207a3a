/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer's IPI to a vCPU that enters and leaves a guest of its own: the machine and its threads.
 *
 * Core 0 runs vCPU 0, which is L1: it runs L2 whenever it has nothing else to do. L2 halts inside; in some variants it runs
 * from the beginning, and calls L1 first.
 * Core 1 is the thread of L1's other vCPU, whose guest sends an IPI to vCPU 0; or it sends for an emulated device, from
 * the host; or it sets a reason against AVIC for the whole VM. The ledger as in posted-delivery.
 */
#include "ipi/guest_ipi.h"
#include "l1_l2.h"
#include "xapic/guest_xapic.h"

#define VECTOR_ONE  0x41

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("vcpu0.guest_mode", nested_svms[0].guest_mode);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("vcpu1.apicv_active", apicv_vcpus[1].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, vcpu1_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);
IMAGE_STATE("vcpu1.state", vcpu1_task.task.state);
IMAGE_STATE("vcpu1.on_rq", vcpu1_task.task.on_rq);

image_thread_fn vcpu0_thread, vcpu0_leaves_thread, vcpu0_was_off_thread, ipi_thread, device_thread, off_thread;

/* ---- Set-up ---- */

static void create_l1(unsigned long cpu)
{
    if (image_thread[cpu] == vcpu0_was_off_thread)
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    nested_svm_create(&vcpus[0]);
    make_l1(&vcpus[0], image_thread[cpu] == vcpu0_leaves_thread, false);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        create_l1(cpu);
    if (cpu == 1)
        avic_inhibit_create_vcpu(&vcpus[1], 1, cpu, &vcpu1_task);
    sched_pick_first(cpu);
}

/* ---- Threads ---- */

/* From L1's first entry on; L2 halts at once. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From L2's first entry on; it calls L1. */
void vcpu0_leaves_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* L2 halts at once; the VM has had a reason against AVIC from the beginning. */
void vcpu0_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The thread of vCPU 1 runs its guest up to the HLT behind the IPI to vCPU 0. */
void ipi_thread(unsigned long cpu)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    vcpu->gprs[GUEST_IPI_FIRST] = VECTOR_ONE;
    to_svm(vcpu)->vmcb->rip = (u64)guest_ipi_main;
    while (to_block(vcpu)->mp_state == KVM_MP_STATE_RUNNABLE)
        vcpu_enter_guest(vcpu);
}

void device_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_ONE);
    note_value("the device sends %#x", VECTOR_ONE);
    svm_deliver_interrupt(&vcpus[0], VECTOR_ONE);
}

void off_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
}
