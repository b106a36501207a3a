/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posted-interrupt delivery against guest entry: the machine and its threads.
 *
 * Core 0 runs vCPU 0. Other cores post interrupts to it or raise a request. A device that posts
 * through the IOMMU needs no code here: the simulator has it as an agent. The ledger says what must
 * have come out when everything is idle: each vector was handled after its last post, each request
 * served after it was last raised (scenarios/obligations.c).
 */
#include "guest.h"
#include "image.h"
#include "vmx.h"

#define VECTOR_ONE 0x41     /* both of different priority classes: neither hides the other */
#define VECTOR_TWO 0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.requested", ledger_requested);
IMAGE_STATE("ledger.served", ledger_served);

image_thread_fn vcpu0_thread, post_one_thread, post_two_thread, post_same_thread, post_other_thread;
image_thread_fn request_thread, request_twice_thread;

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

/*
 * The ledger is plain memory: no other core or device may post the same vector. It counts before
 * the post, with no access of shared memory in between (scenarios/obligations.c relies on both).
 */
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

void post_same_thread(unsigned long cpu)
{
    (void)cpu;
    post(VECTOR_ONE);
    post(VECTOR_ONE);
}

/* For a third core: another vector than post_one_thread. */
void post_other_thread(unsigned long cpu)
{
    (void)cpu;
    post(VECTOR_TWO);
}

/* Only one core may: its ledger is plain memory too, and counts first. */
static void request(void)
{
    WRITE_ONCE(ledger_requested, ledger_requested + 1);
    kvm_make_request(KVM_REQ_TEST, &vcpus[0]);
    kvm_vcpu_kick(&vcpus[0]);
}

void request_thread(unsigned long cpu)
{
    (void)cpu;
    request();
}

void request_twice_thread(unsigned long cpu)
{
    (void)cpu;
    request();
    request();
}
