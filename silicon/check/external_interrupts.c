/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of the physical APIC while a guest runs, and the exits around them: acknowledged or not,
 * with IF = 0 or 1, behind STI, in HLT, held by the physical TPR; windows for virtual and for injected
 * interrupts. [SDM 25.2, 26.6.5, 27.2.2]
 */
#include "guest.h"

#define PENDING 0x51

static struct guest_controls controls = {
    .pin = PIN_BASED_EXT_INTR_EXITING,
    .cpu = CPU_BASED_TPR_SHADOW,
};

static void stay(void)
{
    asm volatile("nop; nop");
    tell("in the guest");
    asm volatile("sti; nop; nop" : : : "memory");
    tell("IF = 1");
    tell(NULL);
}

/* The guest's write goes to the physical APIC: nothing is virtualized. */
static void raise_physical(void)
{
    wrmsr(X2APIC_SELF_IPI, PENDING);
    asm volatile("nop");
    tell("behind the self-IPI");
    tell(NULL);
}

static void halt(void)
{
    asm volatile("hlt" : : : "memory");
    tell("behind hlt");
    tell(NULL);
}

static void print_physical(void)
{
    print("  physical");
    print_msr_bits("IRR", X2APIC_IRR);
    print_msr_bits("ISR", X2APIC_ISR);
    open_window();
    print_taken();
    wrmsr(X2APIC_EOI, 0);
    wrmsr(X2APIC_EOI, 0);
    print("\n");
}

static void run(const char *what, void (*code)(void), bool open)
{
    print("%s\n", what);
    guest_set_controls(&controls);
    if (open)
        guest_run_open(code);
    else
        guest_run(code);
    print_physical();
}

static void pending_at_entry(void)
{
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending at entry, IF = 0", stay, false);
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending at entry, IF = 1", stay, true);
    controls.exit = VM_EXIT_ACK_INTR_ON_EXIT;
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending at entry, IF = 1, acknowledged", stay, true);
    wrmsr(X2APIC_TPR, 0x50);
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending, physical TPR 50", stay, true);
    wrmsr(X2APIC_TPR, 0);
    open_window();
    wrmsr(X2APIC_EOI, 0);
}

static void without_exiting(void)
{
    controls.pin = 0;
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending, no exits, IF = 0", stay, false);
    wrmsr(X2APIC_SELF_IPI, PENDING);
    run("51 pending, no exits, IF = 1", stay, true);
    controls.pin = PIN_BASED_EXT_INTR_EXITING;
}

static void halted(void)
{
    controls.cpu |= CPU_BASED_HLT_EXITING;
    run("HLT exiting", halt, false);
    controls.cpu &= ~CPU_BASED_HLT_EXITING;
}

/* The exit comes when the guest could take an interrupt, at the first boundary. */
static void window(void)
{
    controls.cpu |= CPU_BASED_INTERRUPT_WINDOW;
    run("interrupt-window exiting, IF = 0", stay, false);
    run("interrupt-window exiting, IF = 1", stay, true);
    controls.cpu &= ~CPU_BASED_INTERRUPT_WINDOW;
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    if (!guest_init())
        return;
    pending_at_entry();
    run("raised by the guest, IF = 1", raise_physical, true);
    without_exiting();
    halted();
    window();
}
