/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that blocks while APICv is off, and a device that goes on posting: the machine and its threads.
 *
 * Core 0 runs the thread of vCPU 0 and, while that sleeps, its idle thread. The remapping entry of the device posts
 * throughout. Ledger as in posted-delivery.
 */
#include "apicv.h"
#include "block.h"
#include "guest.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_off_thread, vcpu0_told_thread;

static void set_up_apicv(bool active)
{
    kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    to_apicv(&vcpus[0])->active = active;
    vmx_refresh_apicv_exec_ctrl(&vcpus[0]);
    if (active)
        kvm_make_request(KVM_REQ_APICV_UPDATE, &vcpus[0]);
}

static void set_up_core0(void)
{
    guest_init();
    sched_create(&vcpu0_task, 0, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    block_create_vcpu(&vcpus[0], 0, 0, &vcpu0_task);
    set_up_apicv(image_thread[0] == vcpu0_told_thread);
}

void scenario_setup(unsigned long cpu)
{
    block_init(cpu);
    if (cpu == 0)
        set_up_core0();
    sched_pick_first(cpu);
}

/* APICv is off. */
void vcpu0_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* A reason has come, and the vCPU has been told: as behind kvm_set_or_clear_apicv_inhibit(). */
void vcpu0_told_thread(unsigned long cpu)
{
    vcpu0_off_thread(cpu);
}
