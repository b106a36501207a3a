/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is created while AVIC goes off or on: the machine and its threads.
 *
 * As in vcpu-creation: core 0 runs vCPU 0, which it, or core 2, has created just before; core 1 sets a reason against AVIC
 * or takes it back. What hardware knows of the vCPU, and its thread, are prepared before.
 */
#include "avic_inhibit/avic_inhibit.h"
#include "vcpu_creation/vcpu_creation.h"
#include "xapic/guest_xapic.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("vcpu0.fd", vcpu_creations[0].fd);
IMAGE_STATE("kvm.online_vcpus", kvm_vcpus.online_vcpus);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);
IMAGE_STATE("ledger.requested", ledger_requested);
IMAGE_STATE("ledger.served", ledger_served);

static union thread_union vcpu0_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn create_and_run_thread, run_thread, create_thread, inhibit_thread, uninhibit_thread;

static void create_and_run(void *vcpu)
{
    kvm_vm_ioctl_create_vcpu(vcpu);
    kvm_vcpu_ioctl_run(vcpu);
}

/* As soon as there is a descriptor. */
static void run(void *vcpu)
{
    while (!READ_ONCE(to_creation(vcpu)->fd))
        cpu_relax();
    kvm_vcpu_ioctl_run(vcpu);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0) {
        sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, image_thread[0] == run_thread ? run : create_and_run,
                     &vcpus[0]);
        avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
        svm_halt_inside(&vcpus[0]);
    }
    if (cpu == 1 && image_thread[1] == uninhibit_thread)
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    sched_pick_first(cpu);
}

void create_and_run_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

void run_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

void create_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_vm_ioctl_create_vcpu(&vcpus[0]);
}

static void inhibit(bool set)
{
    note_value("a reason against AVIC: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

void inhibit_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
}

void uninhibit_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
}
