/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPIs between virtual CPUs: the machine and its threads.
 *
 * Core 0 runs vCPU 0, whose guest handles interrupts. Core 1 runs vCPU 1, whose guest sends them to
 * vCPU 0 by writing the ICR. A device may post to vCPU 0 as well. Ledger as in posted-delivery.
 */
#include "guest.h"
#include "image.h"
#include "ipi/guest_ipi.h"
#include "ipiv/ipiv.h"

#define VECTOR_ONE 0x41     /* both of different priority classes: neither hides the other */
#define VECTOR_TWO 0x52

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("pid_table", pid_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);
IMAGE_STATE("ledger.handled", guest_handled);

image_thread_fn vcpu0_thread, vcpu1_one_thread, vcpu1_two_thread, vcpu1_same_thread, vcpu1_exchanged_thread;

void scenario_setup(unsigned long cpu)
{
    if (cpu == 0)
        guest_init();
    if (cpu >= NR_VCPUS)
        return;
    hardware_enable(cpu);
    ipiv_create_vcpu(&vcpus[cpu], cpu, cpu);
    if (cpu == 1)
        vmcs_writel(GUEST_RIP, (u64)guest_ipi_main);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

static void send_to(u32 id, int first, int second)
{
    vcpus[1].gprs[GUEST_IPI_FIRST] = first;
    vcpus[1].gprs[GUEST_IPI_SECOND] = second;
    vcpus[1].gprs[GUEST_IPI_TARGET] = id;
    vcpu_run(&vcpus[1]);
}

static void send(int first, int second)
{
    send_to(0, first, second);
}

void vcpu1_one_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, 0);
}

void vcpu1_two_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, VECTOR_TWO);
}

void vcpu1_same_thread(unsigned long cpu)
{
    (void)cpu;
    send(VECTOR_ONE, VECTOR_ONE);
}

/* The guest knows vCPU 0 as APIC id 1, and itself as 0. */
void vcpu1_exchanged_thread(unsigned long cpu)
{
    (void)cpu;
    send_to(1, VECTOR_ONE, 0);
}
