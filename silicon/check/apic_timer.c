/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC's timer: its modes, what starts, stops and disarms it, what its registers read. No
 * number that depends on time is printed. [SDM 10.5.4, 10.5.4.1]
 */
#include "program.h"

#define X2APIC_LVT_TIMER    0x832
#define X2APIC_INITIAL      0x838
#define X2APIC_CURRENT      0x839
#define X2APIC_DIVIDE       0x83e
#define MSR_TSC_DEADLINE    0x6e0

#define ONE_SHOT    0x00051
#define PERIODIC    0x20051
#define DEADLINE    0x40051
#define LVT_MASKED  0x10000
#define DIVIDE_BY_1 0xb
#define LONG        10000000        /* not over while a line is printed */

static u64 rdtsc(void)
{
    u32 low, high;

    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return (u64)high << 32 | low;
}

static void print_state(const char *what)
{
    print("%s: LVT %x initial %x current %s deadline %s", what, rdmsr(X2APIC_LVT_TIMER),
          rdmsr(X2APIC_INITIAL), rdmsr(X2APIC_CURRENT) ? "not 0" : "0",
          rdmsr(MSR_TSC_DEADLINE) ? "not 0" : "0");
    print_taken();
    print("\n");
}

static void wait(const char *what)
{
    asm volatile("sti; hlt; cli" : : : "memory");
    wrmsr(X2APIC_EOI, 0);
    print_state(what);
}

static void one_shot(void)
{
    wrmsr(X2APIC_LVT_TIMER, ONE_SHOT);
    print_state("one-shot");
    wrmsr(X2APIC_INITIAL, LONG);
    print_state("started");
    wrmsr(X2APIC_LVT_TIMER, ONE_SHOT | LVT_MASKED);
    print_state("masked");
    wrmsr(X2APIC_INITIAL, 0);
    print_state("stopped");
    wrmsr(X2APIC_LVT_TIMER, ONE_SHOT);
    wrmsr(X2APIC_INITIAL, 1000);
    wait("expired");
}

static void periodic(void)
{
    wrmsr(X2APIC_LVT_TIMER, PERIODIC);
    print_state("periodic");
    wrmsr(X2APIC_INITIAL, LONG / 10);
    print_state("started");
    wait("expired");
    wait("expired");
    wrmsr(X2APIC_INITIAL, 0);
    open_window();
    print_state("stopped");
}

static void deadline(void)
{
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + LONG);
    print_state("deadline written in periodic mode");
    wrmsr(X2APIC_LVT_TIMER, DEADLINE);
    print_state("TSC-deadline mode");
    wrmsr(X2APIC_INITIAL, LONG);
    print_state("initial count written");
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + LONG);
    print_state("armed");
    wrmsr(MSR_TSC_DEADLINE, 0);
    print_state("disarmed");
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + LONG);
    wait("armed, expired");
    wrmsr(MSR_TSC_DEADLINE, 1);
    wait("a deadline in the past");
    wrmsr(MSR_TSC_DEADLINE, rdtsc() + LONG);
    wrmsr(X2APIC_LVT_TIMER, ONE_SHOT);
    print_state("armed, then one-shot");
    wrmsr(X2APIC_LVT_TIMER, DEADLINE);
    print_state("TSC-deadline mode again");
}

void program(void)
{
    wrmsr(MSR_IA32_APICBASE, rdmsr(MSR_IA32_APICBASE) | APICBASE_EXTD);
    wrmsr(X2APIC_SVR, APIC_SVR_ENABLE | SPURIOUS_APIC_VECTOR);
    wrmsr(X2APIC_DIVIDE, DIVIDE_BY_1);
    one_shot();
    periodic();
    deadline();
}
