/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device goes on posting while APICv is inhibited: the machine and its threads.
 *
 * Core 0 runs vCPU 0. The reason against APICv has been there since the vCPU was created; how it comes is apicv-update.
 */
#include "apicv.h"
#include "guest.h"
#include "vmx.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread;

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    vmx_refresh_apicv_exec_ctrl(&vcpus[0]);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}
