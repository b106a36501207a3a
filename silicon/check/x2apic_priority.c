/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TPR, PPR, IRR and ISR: which interrupt is delivered when, and what each event leaves behind. Vectors
 * come by self-IPI, which is in IRR when the WRMSR completes. [SDM 10.8.3, 10.8.4, 10.12.11]
 */
#include "program.h"

static void print_state(const char *what)
{
    print("%s: TPR %x PPR %x", what, rdmsr(X2APIC_TPR), rdmsr(X2APIC_PPR));
    print_msr_bits("IRR", X2APIC_IRR);
    print_msr_bits("ISR", X2APIC_ISR);
    print_taken();
    print("\n");
}

static void raise(u32 vector)
{
    wrmsr(X2APIC_SELF_IPI, vector);
}

static void window(const char *what)
{
    open_window();
    print_state(what);
}

static void eoi(void)
{
    wrmsr(X2APIC_EOI, 0);
    print_state("EOI");
}

static void task_priority(u32 priority)
{
    wrmsr(X2APIC_TPR, priority);
    print("TPR = %x ", (u64)priority);
    print_state("");
}

/* A vector waits while its class is not above TPR's. */
static void held_by_tpr(void)
{
    task_priority(0x50);
    raise(0x51);
    window("51 raised");
    task_priority(0x4f);
    window("window");
    eoi();
    task_priority(0xff);
    raise(0xfe);
    window("fe raised");
    task_priority(0xef);
    window("window");
    eoi();
    task_priority(0);
}

/* One of the class in service waits, one above it comes. */
static void nested(void)
{
    raise(0x5f);
    window("5f raised");
    raise(0x51);
    window("51 raised");
    raise(0x60);
    window("60 raised");
    task_priority(0x70);
    eoi();
    task_priority(0);
    eoi();
    window("window");
    eoi();
}

/* The highest vector first, whatever the order in which they came. */
static void order(void)
{
    raise(0x31);
    raise(0x92);
    raise(0x35);
    raise(0x91);
    print_state("31, 92, 35, 91 raised");
    for (int i = 0; i < 4; i++) {
        window("window");
        eoi();
    }
}

/* Once in service and once pending: a third is merged. */
static void merged(void)
{
    raise(0x41);
    window("41 raised");
    raise(0x41);
    raise(0x41);
    print_state("41 raised twice");
    eoi();
    window("window");
    eoi();
    window("window");
}

/* PPR from TPR and ISR; equal classes keep TPR's sub-class. */
static void ppr(void)
{
    raise(0x41);
    window("41 raised");
    task_priority(0x30);
    task_priority(0x4a);
    task_priority(0x50);
    task_priority(0x5c);
    task_priority(0);
    eoi();
    eoi();
}

/* The STI shadow: the instruction behind STI comes before the interrupt. */
static void shadow(void)
{
    u64 counted = 0;

    raise(0x41);
    asm volatile("sti; inc %0; cli" : "+r"(counted));
    print_state("sti, inc, cli");
    eoi();
    raise(0x41);
    asm volatile("sti; cli; nop" : : : "memory");
    print_state("sti, cli");
    open_window();
    eoi();
    raise(0x41);
    asm volatile("sti; hlt; cli" : : : "memory");
    print_state("sti, hlt");
    eoi();
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    print_state("start");
    held_by_tpr();
    nested();
    order();
    merged();
    ppr();
    shadow();
}
