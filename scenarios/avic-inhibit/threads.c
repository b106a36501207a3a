/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC goes off and on while peers send IPIs: the machine and its threads.
 *
 * Core 0 runs vCPU 0, whose guest takes interrupts; it halts inside, or with an exit, and then its thread sleeps. Core 1 is
 * the thread of vCPU 1, in KVM: it runs its guest, which sends an IPI to vCPU 0 and halts with an exit, and before or
 * behind that it sets a reason against AVIC, or takes it back. Or it sends for an emulated device, from the host. The
 * ledger as in posted-delivery.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "ipi/guest_ipi.h"
#include "xapic/guest_xapic.h"

#define VECTOR_ONE 0x41
#define RFLAGS_RESET 0x2

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
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

image_thread_fn vcpu0_thread, vcpu0_off_thread, vcpu0_was_off_thread, vcpu0_sleeps_was_off_thread;
image_thread_fn off_thread, ipi_off_thread, on_ipi_thread, device_thread, on_device_thread;

/* ---- Set-up ---- */

static void inhibit(bool set)
{
    note_value("a reason against AVIC: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    to_svm(vcpu)->vmcb->rflags |= X86_EFLAGS_IF;
}

static void create_vcpu0(unsigned long cpu)
{
    image_thread_fn *thread = image_thread[cpu];

    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    if (thread == vcpu0_sleeps_was_off_thread)
        halt_vcpu(&vcpus[0]);
    else
        svm_halt_inside(&vcpus[0]);
    if (thread == vcpu0_was_off_thread || thread == vcpu0_sleeps_was_off_thread) {
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
        kvm_make_request(KVM_REQ_APICV_UPDATE, &vcpus[0]);
        kvm_service_requests(&vcpus[0]);
    }
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        create_vcpu0(cpu);
    if (cpu == 1)
        avic_inhibit_create_vcpu(&vcpus[1], 1, cpu, &vcpu1_task);
    sched_pick_first(cpu);
}

/* ---- vCPU 0 ---- */

/* From its first guest entry on; its guest halts inside. */
void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The same, but its AVIC has been off from before. */
void vcpu0_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From behind the exit of its guest's HLT on: it sleeps. AVIC has been off from before. */
void vcpu0_sleeps_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* Its own thread finds the reason, as behind an exit of its guest. */
void vcpu0_off_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
    sched_enter();
}

/* ---- What happens to it ---- */

/* The thread of vCPU 1 runs its guest up to the HLT behind the IPI to vCPU 0. */
static void ipi(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    vcpu->gprs[GUEST_IPI_FIRST] = VECTOR_ONE;
    vmcb->rip = (u64)guest_ipi_main;
    vmcb->rflags = RFLAGS_RESET;
    to_block(vcpu)->mp_state = KVM_MP_STATE_RUNNABLE;
    while (to_block(vcpu)->mp_state == KVM_MP_STATE_RUNNABLE)
        vcpu_enter_guest(vcpu);
}

/* An interrupt of an emulated device, by software. */
static void device(void)
{
    guest_count_post(VECTOR_ONE);
    note_value("the device sends %#x", VECTOR_ONE);
    svm_deliver_interrupt(&vcpus[0], VECTOR_ONE);
}

void off_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
}

void ipi_off_thread(unsigned long cpu)
{
    ipi(&vcpus[cpu]);
    inhibit(true);
}

void on_ipi_thread(unsigned long cpu)
{
    inhibit(false);
    ipi(&vcpus[cpu]);
}

void device_thread(unsigned long cpu)
{
    (void)cpu;
    device();
}

void on_device_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
    device();
}
