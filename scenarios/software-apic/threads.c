/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An APIC in software whose priority goes down while somebody sends: the machine and its threads.
 *
 * Core 0 runs vCPU 0, in x2APIC mode; which guest it is, and what the processor virtualizes for it, depends
 * on the function of its thread. Core 1 sends an interrupt.
 */
#include "guest.h"
#include "image.h"
#include "irqflags.h"
#include "kvm_lapic.h"

#define VECTOR          0x41
#define IN_SERVICE      0x51        /* of a higher class */

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("timer0.pending", lapics[0].lapic_timer.pending);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn shadow_thread, cr8_thread, eoi_thread, timer_thread;
image_thread_fn send_thread, init_thread, smi_thread;

/* TPR holds the vector back until the guest lowers it. */
void guest_lowers_tpr(void);
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl guest_lowers_tpr\n"
    "guest_lowers_tpr:\n"
    "    mov $5, %eax\n"
    "    mov %rax, %cr8\n"
    "    sti\n"
    "    xor %eax, %eax\n"
    "    mov %rax, %cr8\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");

/* A deadline that passes at any time; what it will bring is counted before. */
void guest_sets_deadline(void);
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl guest_sets_deadline\n"
    "guest_sets_deadline:\n"
    "    sti\n"
    "    incl guest_posted+4*0x41\n"
    "    mov $0x832, %ecx\n"        /* LVT timer: TSC-deadline mode, vector 41 */
    "    mov $0x40041, %eax\n"
    "    xor %edx, %edx\n"
    "    wrmsr\n"
    "    mov $0x6e0, %ecx\n"        /* IA32_TSC_DEADLINE */
    "    mov $1000000, %eax\n"
    "    wrmsr\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");

static void __attribute__((interrupt)) host_timer(void *frame)
{
    (void)frame;
    hrtimer_interrupt();
}

static void timer_setup(void)
{
    gate_init(&idt_table[LOCAL_TIMER_VECTOR], (u64)host_timer, IST_INTERRUPT);
    hrtimer_setup();
    vmcs_writel(GUEST_RIP, (u64)guest_sets_deadline);
}

/* Before VM entry can find it, the higher vector is pending. */
static void in_service_setup(void)
{
    guest_posted[IN_SERVICE]++;
    vmx_deliver_interrupt(&vcpus[0], IN_SERVICE);
}

static void guest_setup(image_thread_fn *thread)
{
    if (thread == timer_thread)
        timer_setup();
    else if (thread == eoi_thread)
        in_service_setup();
    else
        vmcs_writel(GUEST_RIP, (u64)guest_lowers_tpr);
}

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    kvm_create_lapic(&vcpus[0], true, image_thread[0] == cr8_thread ? APIC_VIRT_NONE : APIC_VIRT_TPR);
    apic_set_spiv(vcpu_to_lapic(&vcpus[0]), APIC_SPIV_APIC_ENABLED | SPURIOUS_APIC_VECTOR);
    guest_setup(image_thread[0]);
}

static void run(void)
{
    vcpu_run(&vcpus[0]);
}

/* With a TPR shadow. */
void shadow_thread(unsigned long cpu)
{
    (void)cpu;
    run();
}

/* Without one: MOV to CR8 exits. */
void cr8_thread(unsigned long cpu)
{
    (void)cpu;
    run();
}

/* A higher vector is being served. */
void eoi_thread(unsigned long cpu)
{
    (void)cpu;
    run();
}

void timer_thread(unsigned long cpu)
{
    (void)cpu;
    run();
}

void send_thread(unsigned long cpu)
{
    struct kvm_lapic_irq irq = { .vector = VECTOR, .level = true };

    (void)cpu;
    WRITE_ONCE(guest_posted[VECTOR], guest_posted[VECTOR] + 1);
    note_value("sends %#x", VECTOR);
    kvm_irq_delivery_to_apic(NULL, &irq);
}

static void send(u32 delivery_mode)
{
    struct kvm_lapic_irq irq = { .delivery_mode = delivery_mode, .level = true };

    kvm_irq_delivery_to_apic(NULL, &irq);
}

void init_thread(unsigned long cpu)
{
    (void)cpu;
    send(APIC_DM_INIT);
}

/* Behind an interrupt, which the vCPU may be taking. */
void smi_thread(unsigned long cpu)
{
    send_thread(cpu);
    send(APIC_DM_SMI);
}
