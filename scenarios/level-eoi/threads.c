/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A level-triggered line of KVM's I/O APIC: the machine and its threads.
 *
 * Core 0 runs vCPU 0. Core 1 is the device's side of the host, which raises the line, and stands for the
 * vCPU that changes its redirection entry. The device wants service from when it counts up until a
 * handler of the guest has copied the count, by whichever vector it was called.
 */
#include "guest.h"
#include "ioapic.h"
#include "sched.h"

#define EDGE_PIN    0
#define LEVEL_PIN   1
#define EDGE_VECTOR 0x52
#define VECTOR      0x41        /* both of different priority classes: neither hides the other */
#define NEW_VECTOR  0x61

/* The hardware's I/O APIC (82093AA data sheet, 3.1), and the register of device 0 that releases its line. */
#define IO_APIC_BASE        0xfec00000ul
#define IO_APIC_SELECT      0x00
#define IO_APIC_WINDOW      0x10
#define IO_APIC_ENTRY       0x10
#define LINE_DEVICE         0xfed80000ul
#define LINE_PIN            4
#define LINE_HOST_VECTOR    0xf3

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("ioapic.entry", kvm_ioapic.redirtbl[LEVEL_PIN]);
IMAGE_STATE("ioapic.irr", kvm_ioapic.irr);
IMAGE_STATE("ioapic.lock", kvm_ioapic.lock);
IMAGE_STATE("ledger.asserted", guest_posted[VECTOR]);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, assert_thread, route_thread, move_thread;
image_thread_fn move_by_edge_thread, edge_thread, line_thread;

static union kvm_ioapic_redirect_entry entry(int vector, int trig_mode, int dest_id)
{
    union kvm_ioapic_redirect_entry e = {0};

    e.fields.vector = vector;
    e.fields.trig_mode = trig_mode;
    e.fields.dest_id = dest_id;
    return e;
}

/* No handler has copied the last count. Each runs at most once for each count, or who is asked between
 * two stores of guest_count_post() could go on for ever. */
bool device_wants_service(int irq)
{
    u32 moved = READ_ONCE(guest_posted[NEW_VECTOR]);

    return irq == LEVEL_PIN && READ_ONCE(guest_posted[VECTOR]) != READ_ONCE(guest_answered[VECTOR]) &&
           !(moved && moved == READ_ONCE(guest_answered[NEW_VECTOR]));
}

static void raise_line(void)
{
    guest_count_post(VECTOR);
    kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, LEVEL_PIN, true);
}

/* The handler of either vector may be called. */
static void raise_moving_line(void)
{
    guest_count_post(NEW_VECTOR);
    raise_line();
}

static void ioapic_write(u32 index, u32 value)
{
    *(volatile u32 *)(IO_APIC_BASE + IO_APIC_SELECT) = index;
    *(volatile u32 *)(IO_APIC_BASE + IO_APIC_WINDOW) = value;
}

/* The device's line is level-triggered in the host, too: it is released before the EOI, which would
 * otherwise send the interrupt again. */
static void physical_line_handler(void)
{
    *(volatile u32 *)LINE_DEVICE = 1;
    raise_line();
    ack_APIC_irq();
}

static void physical_line_setup(void)
{
    sched_handlers[LINE_HOST_VECTOR - SCHED_VECTOR_FIRST] = physical_line_handler;
    ioapic_write(IO_APIC_ENTRY + 2 * LINE_PIN + 1, 1u << 24);    /* to CPU 1 */
    ioapic_write(IO_APIC_ENTRY + 2 * LINE_PIN, LINE_HOST_VECTOR | BIT(15));
}

/*
 * As a rule the EOI-exit bitmap is loaded, the line is up from the start, and its interrupt posted: the
 * guest may be anywhere with it when the other core begins.
 */
static void line_setup(image_thread_fn *other)
{
    ioapic_mmio_write(EDGE_PIN, entry(EDGE_VECTOR, IOAPIC_EDGE_TRIG, 0));
    ioapic_mmio_write(LEVEL_PIN, entry(VECTOR, IOAPIC_LEVEL_TRIG, 0));
    if (other == line_thread)
        physical_line_setup();
    else if (other != edge_thread)
        raise_moving_line();
    if (other == move_by_edge_thread)
        ioapic_mmio_write(LEVEL_PIN, entry(NEW_VECTOR, IOAPIC_EDGE_TRIG, 0));
    kvm_service_requests(&vcpus[0]);
}

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vcpus[1].vcpu_id = 1;
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    line_setup(image_thread[1]);
}

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

void assert_thread(unsigned long cpu)
{
    (void)cpu;
    raise_line();
}

/* Away from vCPU 0, while the first interrupt may be anywhere. */
void route_thread(unsigned long cpu)
{
    (void)cpu;
    ioapic_mmio_write(LEVEL_PIN, entry(VECTOR, IOAPIC_LEVEL_TRIG, 1));
}

void move_thread(unsigned long cpu)
{
    (void)cpu;
    ioapic_mmio_write(LEVEL_PIN, entry(NEW_VECTOR, IOAPIC_LEVEL_TRIG, 0));
}

/* By way of an edge-triggered entry, which forgets remote IRR; set-up has written that. */
void move_by_edge_thread(unsigned long cpu)
{
    move_thread(cpu);
}

/* Two pulses of the edge-triggered line. */
void edge_thread(unsigned long cpu)
{
    (void)cpu;
    for (int i = 0; i < 2; i++) {
        guest_count_post(EDGE_VECTOR);
        guest_count_post(VECTOR);
        kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, EDGE_PIN, true);
        kvm_set_irq(KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID, EDGE_PIN, false);
    }
}

/* The physical line does the rest, in interrupts of this CPU. */
void line_thread(unsigned long cpu)
{
    (void)cpu;
}
