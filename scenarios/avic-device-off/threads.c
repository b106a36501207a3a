/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupt through an AMD IOMMU while AVIC of its vCPU goes off and on, or the vCPU runs a guest of its own: the
 * machine and its threads.
 *
 * Core 0 runs vCPU 0, whose guest takes the interrupt; it halts inside, or with an exit, and then its thread sleeps; or it is
 * L1 (see ../avic-nested). It also takes the device's interrupt while that is the host's, and posts it to vCPU 0 as an irqfd
 * does. Core 1 takes the interrupts of the GA log; in some variants its thread gives the interrupt to vCPU 0. The ledger counts when the bit is in IRR, or the host's interrupt has left the unit.
 */
#include "../avic-nested/l1_l2.h"
#include "apic.h"
#include "avic_inhibit_iommu/avic_inhibit_iommu.h"
#include "xapic/guest_xapic.h"

#define GUEST_VECTOR    0x41
#define GA_LOG_VECTOR   0xf3    /* of the host */
#define DEVICE_VECTOR   0xf4
#define GA_LOG_CPU      1
#define HOST_CPU        0       /* takes the device's interrupt while it is the host's */
#define DEVICE_ID       0x18    /* 00:03.0 */
#define ENTRY           0

static struct amd_ir_data ir_data;
static struct kvm_kernel_irqfd irqfd;

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("vcpu0.guest_mode", nested_svms[0].guest_mode);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("irte", amd_irq_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_off_thread, vcpu0_on_thread, vcpu0_was_off_thread, vcpu0_sleeps_was_off_thread;
image_thread_fn l1_thread, l1_leaves_thread;
image_thread_fn idle_thread, route_thread;

/* ---- Set-up ---- */

static void inhibit(bool set)
{
    note_value("a reason against AVIC: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

static void route(void)
{
    kvm_pi_update_irte(&irqfd, &vcpus[0], GUEST_VECTOR);
}

/* On the host's core, whenever the device's interrupt comes there. */
static void device_interrupt(void)
{
    ack_APIC_irq();
    svm_deliver_interrupt(&vcpus[0], GUEST_VECTOR);
}

static void prepare_entry(void)
{
    sched_handlers[GA_LOG_VECTOR - SCHED_VECTOR_FIRST] = amd_iommu_int_galog_handler;
    sched_handlers[DEVICE_VECTOR - SCHED_VECTOR_FIRST] = device_interrupt;
    amd_iommu_init(GA_LOG_CPU, GA_LOG_VECTOR);
    amd_ir_prepare(&ir_data, DEVICE_ID, ENTRY, HOST_CPU, DEVICE_VECTOR);
    irqfd.host_irq = &ir_data;
    if (image_thread[1] != route_thread)
        route();
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    to_svm(vcpu)->vmcb->rflags |= X86_EFLAGS_IF;
}

static void set_up_core0(unsigned long cpu)
{
    image_thread_fn *thread = image_thread[cpu];

    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    avic_init_vcpu_ir(0);
    avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    nested_svm_create(&vcpus[0]);
    prepare_entry();
    if (thread == l1_thread || thread == l1_leaves_thread)
        make_l1(&vcpus[0], thread == l1_leaves_thread, true);
    else if (thread == vcpu0_sleeps_was_off_thread)
        halt_vcpu(&vcpus[0]);
    else
        svm_halt_inside(&vcpus[0]);
    if (thread == vcpu0_on_thread || thread == vcpu0_was_off_thread || thread == vcpu0_sleeps_was_off_thread) {
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
        kvm_make_request(KVM_REQ_APICV_UPDATE, &vcpus[0]);
        kvm_service_requests(&vcpus[0]);
    }
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        set_up_core0(cpu);
    sched_pick_first(cpu);
}

/* ---- vCPU 0 ---- */

/* Its guest halts inside; its own thread finds the reason first, as behind an exit of the guest. */
void vcpu0_off_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
    sched_enter();
}

/* Its guest halts inside; its AVIC has been off from before, and its own thread takes the reason back first. */
void vcpu0_on_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
    sched_enter();
}

/* Its guest halts inside; its AVIC has been off from before. */
void vcpu0_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* It blocks; its AVIC has been off from before. */
void vcpu0_sleeps_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* L1, from its first entry on: it enters L2 once, and halts inside when it is back. */
void l1_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* L1, from L2's first entry on: L2 calls L1, which halts inside. */
void l1_leaves_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* ---- Core 1 ---- */

/* Interrupts alone. */
void idle_thread(unsigned long cpu)
{
    (void)cpu;
}

/* The interrupt, so far the host's, is vCPU 0's. */
void route_thread(unsigned long cpu)
{
    (void)cpu;
    route();
}
