/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC disabled by IA32_APIC_BASE: what leads there, and what leads away from it.
 * [SDM 10.4.3, 10.12.5]
 */
#include "program.h"

static void print_base(void)
{
    u64 base = rdmsr(MSR_IA32_APICBASE);

    print(" enable %u extended %u", base >> 11 & 1, base >> 10 & 1);
}

static void go(const char *what, u64 modes)
{
    u64 base = rdmsr(MSR_IA32_APICBASE) & ~(u64)(APICBASE_ENABLE | APICBASE_EXTD);
    u64 fault = try_wrmsr(MSR_IA32_APICBASE, base | modes);

    print("%s", what);
    if (fault != NO_FAULT)
        print(" #%u", fault);
    print_base();
    print("\n");
}

void program(void)
{
    go("xAPIC to x2APIC", APICBASE_ENABLE | APICBASE_EXTD);
    go("x2APIC to disabled", 0);
    print("read 802 ");
    print_rdmsr(0x802);
    print("\n");
    go("disabled to invalid", APICBASE_EXTD);
    go("disabled to x2APIC", APICBASE_ENABLE | APICBASE_EXTD);
    go("disabled to disabled", 0);
    go("disabled to xAPIC", APICBASE_ENABLE);
    go("xAPIC to disabled", 0);
}
