/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interrupt of the host injects into the vCPU of the very CPU where it comes: the machine and its
 * threads.
 *
 * Core 0 runs the thread of vCPU 0 and, while that sleeps, its idle thread. A device's interrupt is not posted: it comes
 * to core 0 as a host interrupt, whose handler posts the guest's vector, as an irqfd does. Ledger as in irte-switch.
 */
#include "apic.h"
#include "block.h"
#include "guest.h"
#include "iommu.h"

#define GUEST_VECTOR    0x41
#define DEVICE_VECTOR   0xf3    /* of the host, behind the scheduler's entry: who is woken may preempt */

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

static struct intel_ir_data ir_data;

image_thread_fn vcpu0_thread;

void device_interrupt(void)
{
    ack_APIC_irq();
    vmx_deliver_posted_interrupt(&vcpus[0], GUEST_VECTOR);
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    guest_init();
    intel_irq_remapping_init(&intel_iommu);
    sched_handlers[DEVICE_VECTOR - SCHED_VECTOR_FIRST] = device_interrupt;
    intel_ir_prepare(&ir_data, 0, cpu, DEVICE_VECTOR);
    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    block_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    sched_pick_first(cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}
