/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of the local APIC in x2APIC mode: reset values, what exists, what faults; the modes of
 * IA32_APIC_BASE. [SDM 10.4.4, 10.12.1, 10.12.5]
 */
#include "program.h"

#define APICBASE_MODES  (APICBASE_ENABLE | APICBASE_EXTD)
#define MSR_FIRST       0x800
#define MSR_LAST        0x840

/* The three transitions that lead from any mode to any other one by allowed steps. */
static u64 go(u64 modes)
{
    u64 base = rdmsr(MSR_IA32_APICBASE) & ~(u64)APICBASE_MODES;
    u64 fault = try_wrmsr(MSR_IA32_APICBASE, base | modes);

    return fault;
}

static void print_mode(u64 base)
{
    print("%s", base & APICBASE_ENABLE ? base & APICBASE_EXTD ? "x2APIC" : "xAPIC" :
          base & APICBASE_EXTD ? "invalid" : "disabled");
}

static void transition(u64 from, u64 to)
{
    go(0);
    if (from & APICBASE_ENABLE)
        go(APICBASE_ENABLE);
    if (from & APICBASE_EXTD)
        go(from);
    print_mode(rdmsr(MSR_IA32_APICBASE));
    print(" to ");
    print_mode(to);
    print_result(go(to), 0);
    print_mode(rdmsr(MSR_IA32_APICBASE));
    print("\n");
}

void program(void)
{
    static const u64 mode[] = { 0, APICBASE_ENABLE, APICBASE_MODES, APICBASE_EXTD };

    print("APIC_BASE %x\n", rdmsr(MSR_IA32_APICBASE));
    for (int from = 0; from < 3; from++)
        for (int to = 0; to < 4; to++)
            transition(mode[from], mode[to]);
    go(0); go(APICBASE_ENABLE); go(APICBASE_MODES);
    for (u32 msr = MSR_FIRST; msr < MSR_LAST; msr++) {
        u64 value, fault = try_rdmsr(msr, &value);

        print("rdmsr %x ", (u64)msr);
        print_result(fault, value);
        print("\n");
    }
}
