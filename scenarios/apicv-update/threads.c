/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv goes on and off while a vCPU runs: the machine and its threads.
 *
 * Core 0 runs vCPU 0. Core 1 sets a reason against APICv or takes it back; core 2, or core 1 itself,
 * sends an interrupt meanwhile.
 */
#include "apicv.h"
#include "guest.h"
#include "vmx.h"

#define VECTOR 0x41

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("kvm.apicv_lock", kvm_apicv.lock);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, inhibit_thread, inhibit_and_post_thread, post_and_inhibit_thread;
image_thread_fn toggle_thread, post_thread;

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    to_apicv(&vcpus[0])->active = true;
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

static void post(void)
{
    guest_count_post(VECTOR);
    note_value("sends %#x", VECTOR);
    vmx_deliver_interrupt_apicv(&vcpus[0], VECTOR);
}

void inhibit_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
}

void inhibit_and_post_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
    post();
}

void post_and_inhibit_thread(unsigned long cpu)
{
    (void)cpu;
    post();
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
}

void toggle_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, true);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, false);
}

void post_thread(unsigned long cpu)
{
    (void)cpu;
    post();
}
