/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that blocks, against posters: the machine and its threads.
 *
 * Core 0 runs the thread of vCPU 0 and, while that sleeps, its idle thread. Core 1 posts; it has no
 * other thread. A device posts through the IOMMU. Ledger as in posted-delivery.
 */
#include "block.h"
#include "guest.h"

#define VECTOR_ONE 0x41     /* both of different priority classes: neither hides the other */
#define VECTOR_TWO 0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_thread, post_one_thread, post_two_thread;

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0) {
        guest_init();
        sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
        block_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    }
    sched_pick_first(cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

static void post(int vector)
{
    guest_count_post(vector);
    note_value("posts %#x", vector);
    vmx_deliver_posted_interrupt(&vcpus[0], vector);
}

void post_one_thread(unsigned long cpu)
{
    (void)cpu;
    post(VECTOR_ONE);
}

void post_two_thread(unsigned long cpu)
{
    (void)cpu;
    post(VECTOR_ONE);
    post(VECTOR_TWO);
}
