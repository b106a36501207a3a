/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timer: nothing is printed that depends on time; see apic_program.h. [SDM 10.5.4] */
#include "apic_program_internal.h"

static u64 rdtsc(void)
{
    u32 low, high;

    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (u64)high << 32 | low;
}

static const char *zero(u64 value)
{
    return value ? "not 0" : "0";
}

static void timer(const char *what)
{
    print("%s: timer %x initial %x current %s deadline %s", what, (u64)rd(LVT_TIMER),
          (u64)rd(INITIAL), zero(rd(CURRENT)), zero(rdmsr(MSR_DEADLINE)));
    print_log();
    print("\n");
}

static void expire(const char *what)
{
    asm volatile("sti; hlt; cli" : : : "memory");
    timer(what);
}

void one_shot(void)
{
    wr(DIVIDE, BY_1);
    wr(LVT_TIMER, 0x51);
    wr(INITIAL, LONG);
    timer("one-shot");
    wr(INITIAL, 0);
    timer("stopped");
    wr(INITIAL, LONG);
    expire("expired");
    open_window();
    timer("once");
}

/* Long enough that a divisor which does not count shows, even where each look is a VM exit. */
static void poll(u32 divide, u32 ticks, const char *what)
{
    u64 begin = rdtsc();

    wr(DIVIDE, divide);
    wr(INITIAL, POLLED);
    while (rd(CURRENT))
        asm volatile("pause");
    print("%s: %s\n", what, rdtsc() - begin >= POLLED * ticks ? "not early" : "early");
}

/* It counts, and the interrupt is lost. */
void masked(void)
{
    wr(LVT_TIMER, MASKED | 0x51);
    poll(BY_1, 1, "by 1");
    poll(BY_16, 16, "by 16");
    wr(LVT_TIMER, 0x51);
    open_window();
    timer("masked, expired, unmasked");
    wr(DIVIDE, BY_1);
}

void periodic(void)
{
    wr(LVT_TIMER, PERIODIC | 0x51);
    wr(INITIAL, LONG / 10);
    timer("periodic");
    expire("expired");
    expire("expired");
    wr(LVT_TIMER, PERIODIC | MASKED | 0x51);
    timer("masked");
    wr(INITIAL, 0);
    wr(LVT_TIMER, PERIODIC | 0x51);
    open_window();
    timer("stopped");
}

void deadline(void)
{
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    timer("deadline in periodic mode");
    wr(LVT_TIMER, TSC_DEADLINE | 0x51);
    asm volatile("mfence" : : : "memory");
    wr(INITIAL, LONG);
    timer("initial count in TSC-deadline mode");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    timer("armed");
    wrmsr(MSR_DEADLINE, 0);
    timer("disarmed");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    expire("expired");
    wrmsr(MSR_DEADLINE, 1);
    open_window();
    timer("in the past");
    wrmsr(MSR_DEADLINE, rdtsc() + LONG);
    wr(LVT_TIMER, 0x51);
    timer("armed, then one-shot");
}
