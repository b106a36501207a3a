/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest touches its APIC's page while AVIC goes off and on: the machine and its threads.
 *
 * Core 0 runs vCPU 0, whose guest touches the page and then halts inside. Core 1 sets a reason against AVIC, or takes it back.
 * The ledger: accesses that the guest has made, and those that have reached its APIC, by the processor or by software.
 */
#include "apic_page/apic_page.h"
#include "xapic/guest_xapic.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("kvm.mmu_invalidate_seq", apic_page.mmu_invalidate_seq);
IMAGE_STATE("kvm.memslot_enabled", apic_page.memslot_enabled);
IMAGE_STATE("apic.page", apic_page.spte);
IMAGE_STATE("ledger.apic_made", apic_made);
IMAGE_STATE("ledger.apic_handled", apic_handled);

static union thread_union vcpu0_task;

image_thread_fn vcpu0_thread, vcpu0_once_thread, vcpu0_was_off_thread, off_thread, on_thread;

/* Each VMMCALL stands for an access to the page. */
void touch_twice_main(void), touch_once_main(void);
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    "touch_twice_main:\n"
    "    vmmcall\n"
    "touch_once_main:\n"
    "    vmmcall\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");

/* AVIC is on or off from the beginning, and the page not mapped yet. */
static void create_vcpu0(unsigned long cpu)
{
    image_thread_fn *thread = image_thread[cpu];
    bool once = thread == vcpu0_once_thread, was_off = thread == vcpu0_was_off_thread;

    if (was_off)
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
    apic_page.memslot_enabled = !was_off;
    sched_create(&vcpu0_task, cpu, 1, TASK_RUNNING, vcpu_thread, &vcpus[0]);
    avic_inhibit_create_vcpu(&vcpus[0], 0, cpu, &vcpu0_task);
    svm_halt_inside(&vcpus[0]);
    to_svm(&vcpus[0])->vmcb->rip = (u64)(once ? touch_once_main : touch_twice_main);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        create_vcpu0(cpu);
    sched_pick_first(cpu);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

void vcpu0_once_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

void vcpu0_was_off_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

static void inhibit(bool set)
{
    note_value("a reason against AVIC: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

void off_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
}

void on_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
}
