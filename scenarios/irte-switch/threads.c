/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An entry of the interrupt-remapping table is switched while its device fires: the machine and its
 * threads.
 *
 * Core 0 runs vCPU 0, core 1 is the host's: its interrupt stands for the guest's vector and posts it, as
 * an irqfd does. vCPU 1 has been stopped for good; a last entry still posts to it. The device is the
 * simulator's. Its ledger counts interrupts as they leave the unit: the guest has to handle the vector
 * after the last one (scenarios/obligations.c).
 */
#include "guest.h"
#include "image.h"
#include "iommu.h"

#define GUEST_VECTOR    0x41
#define DEVICE_VECTOR   0x61    /* of the host */
#define HOST_CPU        1

enum { ENTRY_HOST, ENTRY_POSTED, ENTRY_STOPPED, ENTRIES };    /* as set-up leaves them */

static struct intel_ir_data ir_data[ENTRIES];

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("pid1", vcpus[1].pi_desc);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, to_posted_thread, to_host_thread, from_stopped_thread;

static void remapping_setup(void)
{
    intel_irq_remapping_init(&intel_iommu);
    device_interrupt_init(DEVICE_VECTOR);
    for (int i = 0; i < ENTRIES; i++)
        intel_ir_prepare(&ir_data[i], i, HOST_CPU, DEVICE_VECTOR);
    set_bit(POSTED_INTR_SN, &vcpus[1].pi_desc.control);
    vmx_pi_update_irte(&ir_data[ENTRY_POSTED], &vcpus[0], GUEST_VECTOR);
    vmx_pi_update_irte(&ir_data[ENTRY_STOPPED], &vcpus[1], GUEST_VECTOR);
}

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    remapping_setup();
}

/* On the host's core, whenever the device's interrupt comes there. */
void device_interrupt(void)
{
    ack_APIC_irq();
    vmx_deliver_posted_interrupt(&vcpus[0], GUEST_VECTOR);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

void to_posted_thread(unsigned long cpu)
{
    (void)cpu;
    vmx_pi_update_irte(&ir_data[ENTRY_HOST], &vcpus[0], GUEST_VECTOR);
}

void to_host_thread(unsigned long cpu)
{
    (void)cpu;
    vmx_pi_update_irte(&ir_data[ENTRY_POSTED], NULL, 0);
}

/*
 * When the update is complete nothing is posted to the stopped vCPU any more: a last look at its
 * descriptor finds all that will ever be there, and takes it along.
 */
void from_stopped_thread(unsigned long cpu)
{
    (void)cpu;
    vmx_pi_update_irte(&ir_data[ENTRY_STOPPED], &vcpus[0], GUEST_VECTOR);
    if (xchg64(&vcpus[1].pi_desc.pir[GUEST_VECTOR / 64], 0))
        vmx_deliver_posted_interrupt(&vcpus[0], GUEST_VECTOR);
}
