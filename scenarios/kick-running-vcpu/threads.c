/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kicks of a vCPU that runs: the machine and its threads.
 *
 * Core 0 runs vCPU 0, whose guest sends itself an interrupt through the fast path and halts, or just halts. Other cores make a request and
 * kick it, make one and wait until it has left the guest, or post another vector. The ledgers say what must have come out.
 */
#include "guest.h"
#include "kick.h"
#include "sched.h"

#define VECTOR_OTHER 0x52

/* ledger_requested, when a request that waits returned: no older state is used from then on. */
static u32 ledger_waited;

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);
IMAGE_STATE("ledger.requested", ledger_requested);
IMAGE_STATE("ledger.served", ledger_served);
IMAGE_STATE("ledger.waited", ledger_waited);

image_thread_fn vcpu0_thread, vcpu0_halts_thread;
image_thread_fn request_thread, request_and_wait_thread, kick_and_wait_thread;
image_thread_fn kick_thread, post_other_thread;

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    if (image_thread[0] == vcpu0_thread)
        vmcs_writel(GUEST_RIP, (u64)guest_sends);
    kvm_running_vcpu[cpu] = &vcpus[0];
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

/* Its guest halts at once. */
void vcpu0_halts_thread(unsigned long cpu)
{
    vcpu0_thread(cpu);
}

/* The ledger is plain memory: one core alone makes requests, and counts before. */
void request_thread(unsigned long cpu)
{
    (void)cpu;
    region_enter(REGION_REQUEST);
    WRITE_ONCE(ledger_requested, ledger_requested + 1);
    kvm_request_and_kick(&vcpus[0], KVM_REQ_TEST);
    region_leave(REGION_REQUEST);
}

void request_and_wait_thread(unsigned long cpu)
{
    (void)cpu;
    region_enter(REGION_REQUEST);
    WRITE_ONCE(ledger_requested, ledger_requested + 1);
    kvm_make_all_cpus_request(KVM_REQ_TEST);
    region_leave(REGION_REQUEST);
    WRITE_ONCE(ledger_waited, ledger_requested);
}

/* The kick turns mode to EXITING_GUEST_MODE; the vCPU need not have left the guest when the request is made. */
void kick_and_wait_thread(unsigned long cpu)
{
    kvm_vcpu_kick(&vcpus[0]);
    request_and_wait_thread(cpu);
}

/* A kick beside that of the request, for no reason of this core's own. */
void kick_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_vcpu_kick(&vcpus[0]);
}

void post_other_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(VECTOR_OTHER);
    note_value("posts %#x", VECTOR_OTHER);
    vmx_deliver_posted_interrupt(&vcpus[0], VECTOR_OTHER);
}
