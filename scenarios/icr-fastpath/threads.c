/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sends itself an interrupt through the fast path: the machine and its threads.
 *
 * Core 0 runs vCPU 0. Core 1 may post another vector to it meanwhile.
 */
#include "fastpath.h"
#include "guest.h"
#include "image.h"

#define VECTOR_OTHER 0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, post_other_thread;

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    vmcs_writel(GUEST_RIP, (u64)guest_sends);
    kvm_running_vcpu[cpu] = &vcpus[0];
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

void post_other_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_OTHER);
    note_value("posts %#x", VECTOR_OTHER);
    vmx_deliver_posted_interrupt(&vcpus[0], VECTOR_OTHER);
}
