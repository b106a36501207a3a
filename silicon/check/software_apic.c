/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One program for the local APIC (apic_program.h), on the core itself and in a guest whose APIC is
 * kvm/logic/lapic with less and less left to it: nothing virtualized, TPR, registers, delivery; in
 * xAPIC and in x2APIC mode. Behind each guest: which VM exits there were.
 */
#include "apic_program.h"
#include "guest.h"
#include "kvm_lapic.h"
#include "xapic.h"

#define LEVEL_VECTOR    0x61
#define EDGE_VECTOR     0x51
#define LEVEL           0x100
#define NO_BROADCAST    0x11ff      /* SVR with bit 12 [SDM 10.9] */
#define MAX_REASON      64

struct kvm_vcpu vcpus[NR_VCPUS];

static bool x2apic;
static bool met[MAX_REASON];

/* ---- The host ---- */

void kvm_ioapic_update_eoi(int vector, int trigger_mode)
{
    (void)trigger_mode;
    print("  I/O APIC: EOI of %x\n", (u64)vector);
}

static void __attribute__((interrupt)) host_timer(void *frame)
{
    (void)frame;
    hrtimer_interrupt();
}

/* What an I/O APIC would send, level triggered or not. EOI of one of the vectors exits in any case. */
static void raise_line(struct kvm_vcpu *vcpu, u32 line)
{
    struct kvm_lapic_irq irq = { .vector = line & 0xff, .level = true, .trig_mode = line & LEVEL };

    vmcs_write64(EOI_EXIT_BITMAP0 + 2 * (LEVEL_VECTOR / 64), BIT(LEVEL_VECTOR % 64));
    __apic_accept_irq(vcpu_to_lapic(vcpu), &irq);
}

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason < MAX_REASON)
        met[reason] = true;
    if (reason != EXIT_REASON_VMCALL)
        return __vmx_handle_exit(vcpu, reason);
    if (!vcpu->gprs[GPR_RDI])
        return 0;
    raise_line(vcpu, vcpu->gprs[GPR_RDI]);
    skip_emulated_instruction(vcpu);
    return 1;
}

static void print_exits(void)
{
    print("exits");
    for (u64 i = 0; i < MAX_REASON; i++)
        if (met[i])
            print(" %u", i);
    print("\n");
}

static void enter(void (*code)(void), enum apic_virtualization virtualization)
{
    static const struct guest_controls controls = {
        .pin = PIN_BASED_EXT_INTR_EXITING | PIN_BASED_NMI_EXITING,
        .cpu = CPU_BASED_ACTIVATE_SECONDARY,
        .exit = VM_EXIT_ACK_INTR_ON_EXIT,
    };

    for (int i = 0; i < MAX_REASON; i++)
        met[i] = false;
    vcpus[0] = (struct kvm_vcpu) { .apic_regs = guest_vapic, .pi_desc.nv = POSTED_INTR_VECTOR };
    guest_set_controls(&controls);
    guest_begin(code);
    vmcs_writel(GUEST_IDTR_BASE, (u64)apic_program_idt);
    kvm_create_lapic(&vcpus[0], x2apic, virtualization);
    vcpu_run(&vcpus[0]);
    local_irq_disable();
    print_exits();
}

/* ---- The guest ---- */

static void hypercall(u64 argument)
{
    asm volatile("vmcall" : : "D"(argument) : "memory");
}

static void end(void)
{
    hypercall(0);
}

static void guest_program(void)
{
    apic_program(x2apic);
    end();
}

static void guest_lines(void)
{
    apic_program_begin(x2apic);
    hypercall(EDGE_VECTOR);
    apic_program_window("edge");
    hypercall(LEVEL | LEVEL_VECTOR);
    apic_program_window("level");
    hypercall(LEVEL_VECTOR);
    apic_program_window("the same vector as an edge");
    hypercall(EDGE_VECTOR);
    hypercall(LEVEL | LEVEL_VECTOR);
    apic_program_window("both");
    apic_program_write(XAPIC_SVR, NO_BROADCAST);
    hypercall(LEVEL | LEVEL_VECTOR);
    apic_program_window("level, broadcast suppressed");
    end();
}

/* ---- All of them ---- */

static void bare(const char *name)
{
    print("== %s, bare\n", name);
    apic_program_bare(x2apic);
}

static void guests(const char *name)
{
    static const char *const what[] = { "nothing", "TPR", "registers", "delivery" };

    for (int i = APIC_VIRT_NONE; i <= APIC_VIRT_DELIVERY; i++) {
        print("== %s, virtualized: %s\n", name, what[i]);
        enter(guest_program, i);
        print("== %s lines, virtualized: %s\n", name, what[i]);
        enter(guest_lines, i);
    }
}

void program(void)
{
    apic_program_init();
    gate_init(&idt_table[LOCAL_TIMER_VECTOR], (u64)host_timer, IST_INTERRUPT);
    bare("xAPIC");
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    x2apic = true;
    bare("x2APIC");
    if (!guest_init())
        return;
    hrtimer_setup();
    x2apic = false;
    guests("xAPIC");
    x2apic = true;
    guests("x2APIC");
}
